// Transient scopes of systemd: the way to a cgroup of one's own where systemd manages them. See "The New Control Group
// Interfaces" and "Control Group APIs and Delegation" of systemd, org.freedesktop.systemd1(5).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace runtime {

struct ScopeRequest {
    std::string name;   ///< of the unit, ending in ".scope"
    std::string slice;  ///< the unit that it is put into, ending in ".slice"
    pid_t process = 0;  ///< what is moved into it; when it has ended with all that it has started, the scope vanishes
    std::optional<uid_t> user;  ///< whose systemd is asked; nothing: that of the machine
};

/// Whether systemd manages this machine: sd_booted(3).
bool systemd_runs();

/// Has systemd make a scope that is delegated: what is below belongs to the caller. Returns its cgroup, a path from the
/// top of the hierarchy of version 2. libsystemd is loaded for it. Throws Error with what systemd said.
std::string start_scope(const ScopeRequest& request);

/// Whether systemd has delegated a cgroup; `folder` is the whole path.
bool is_delegated(const std::string& folder);

/// "/a.slice/a-b.slice" of "a-b.slice": where systemd has a slice. Throws Error for what is no name of a slice.
std::string path_of_slice(const std::string& slice);

}  // namespace runtime
