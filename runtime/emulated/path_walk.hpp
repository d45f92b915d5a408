// Finding files for a process of a container: each name of a path is looked up by descriptor, from the container's root
// or from where the process is, through the table of mounts. No step leads outside, whatever is changed meanwhile.
// path_resolution(7).
#pragma once

#include <sys/stat.h>

#include <string>

#include "runtime/emulated/mount_table.hpp"
#include "runtime/emulated/place.hpp"
#include "runtime/emulated/process_table.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

enum class LastLink { followed, kept };

struct WalkStart {
    Fd folder;
    std::string path;  ///< in the container
};

class PathWalk {
public:
    PathWalk(const MountTable& mounts, const ProcessTable& processes) : mounts_(mounts), processes_(processes) {}

    /// Finds a path as the process `thread` of `process` means it; `descriptor` is where a relative one starts, as with
    /// openat(2). Throws Refusal with what the kernel would give.
    Place find(pid_t thread, const Process& process, int descriptor, const std::string& path, LastLink last) const;
    /// The file of a descriptor of a process. Throws Refusal with EBADF.
    Place descriptor_place(pid_t thread, const Process& process, int descriptor) const;

private:
    class Walk;
    WalkStart start_of(pid_t thread, const Process& process, int descriptor) const;
    const MountTable& mounts_;
    const ProcessTable& processes_;
};

/// A path of the container as a process is told it, which may have another root.
std::string path_for(const Process& process, const std::string& path);

/// The status of a place, links not followed. Throws Refusal. Owner and mode are as the container has them.
struct stat status_of(const Place& place);

/// Opens what is at a place, links not followed. Throws Refusal.
Fd open_place(const Place& place, int flags, mode_t mode = 0);

}  // namespace runtime::emulated
