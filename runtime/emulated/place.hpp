// Where a path led to.
#pragma once

#include <string>

#include "runtime/emulated/mount_table.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// A file as a folder and a name in it, where nothing may be; or as the file itself.
struct Place {
    Fd folder;         ///< O_PATH, of the folder that the name is in; the file itself where there is no name
    std::string name;  ///< without slashes
    std::string path;  ///< in the container; empty for its root
    const Mount* mount = nullptr;
    bool is_mount_point = false;
    bool wants_folder = false;  ///< nothing but a folder may be there
    /// A descriptor of a process that leads to no file of the container, as a pipe or what the step was given as its
    /// input.
    bool is_foreign = false;
    int foreign_access = 0;  ///< O_ACCMODE of that descriptor
    std::string text;        ///< what the link says, where it is one of /proc whose own text is this machine's
};

}  // namespace runtime::emulated
