// The namespaces that processes are in, as /proc/PID/ns shows them: namespaces(7).
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace runtime {

/// cgroup, ipc, mnt, net, pid, time, user, uts.
inline constexpr std::array<const char*, 8> namespace_kinds = {"cgroup", "ipc",  "mnt",  "net",
                                                               "pid",    "time", "user", "uts"};

struct ProcessNamespaces {
    pid_t process = 0;
    pid_t parent = 0;
    std::string name;                             ///< as /proc/PID/comm has it
    std::map<std::string, std::uint64_t> inodes;  ///< by kind; without those that may not be read
};

/// Whether this process is in a user namespace other than the first one.
bool in_user_namespace();

/// Of all processes that this one may look at.
std::vector<ProcessNamespaces> read_all_namespaces();

}  // namespace runtime
