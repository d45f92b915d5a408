// What keeps steps apart from the host, and the process that makes their containers.
#pragma once

#include <string>

#include "runtime/container/runner.hpp"

namespace builder {

/// What --isolation takes: oci or rootless for namespaces, chroot; empty and default are the first. Throws Error.
runtime::Isolation parse_isolation(const std::string& text);

struct IsolatedRunner {
    runtime::Runner runner;
    runtime::Isolation isolation;
    std::string notice;  ///< for the user, where it is not what was asked for
};

/// Starts the runner that the isolation needs; before the program starts a thread. Where /proc cannot be mounted,
/// it is chroot, whatever was asked for. Throws Error.
IsolatedRunner start_runner(const std::string& isolation, bool shares_processes = false);

}  // namespace builder
