// Which isolation steps run in: what was asked for, or the next best where this machine or user cannot have it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"
#include "runtime/container/runner/runner.hpp"

namespace builder {

struct IsolationWish {
    std::optional<runtime::Isolation> isolation;  ///< nothing: the best there is
    bool shares_processes = false;                ///< steps join the processes of the host or of another container
    /// Flags ("pid", "ipc", "uts", "cgroupns") whose value was `private`: to be had, or refused.
    std::vector<std::string> private_namespaces = {};
};

struct IsolatedRunner {
    runtime::Runner runner;
    runtime::Isolation isolation;
    std::string notice;  ///< for the user, where it is not what was asked for
};

/// What this user gets of the wish: a user who may not make namespaces gets emulated, unless an OCI runtime was named.
runtime::Isolation isolation_for(const IsolationWish& wish);

/// The runner for it. Where /proc cannot be mounted, it is chroot, whatever was asked for; where steps could reach into
/// other processes then, it is emulated. Throws Error, also where a private namespace cannot be had.
IsolatedRunner choose_runner(const IsolationWish& wish);

}  // namespace builder
