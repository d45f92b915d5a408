// Where the output of a command goes: which links are followed on the way there, and which are refused.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// From now on a name in this folder, which others may have filled, leads nowhere outside it when something is written
/// there. For build contexts. A folder that does not exist is ignored.
void distrust_links_in(const std::string& folder);

/// What an output's path names, with the links at its end followed.
struct OutputPlace {
    Fd folder;  ///< O_PATH; where the name is
    std::string name;
    Fd existing;  ///< O_PATH; what stands there, never a link; none where nothing does
    Fd open;      ///< the same, open for writing, where it is written into: no regular file, or
                  ///< one that is open already (/dev/fd/N)
};

/// Follows links that root or this user made; refuses those of others, and those that lead out of a distrusted folder.
/// Folders are refused. Of /dev/stdout, /dev/stderr and /dev/fd/N it is a copy of the descriptor: what others wrote
/// through it stays before what comes now. Throws Error.
OutputPlace find_output(const std::string& path);

/// Folder and name alone, nothing followed: whatever stands there is to be replaced. Throws Error.
OutputPlace find_output_itself(const std::string& path);

/// Opens what is written as it comes (a log), flags as of open(2); made where it is missing. Throws Error.
Fd open_output(const std::string& path, int flags, mode_t mode = 0644);

/// Refuses a folder for output that a distrusted one leads out to. Throws Error.
void check_output_folder(const std::string& path);

}  // namespace runtime
