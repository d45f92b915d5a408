// Copies of files within a store, with owner, mode, times and extended attributes. Marks of overlayfs stay behind.
#pragma once

#include <sys/stat.h>

#include <string>

#include "runtime/sys/fd.hpp"

namespace overlay {

/// Copies all that a file has into an empty one. Blocks are shared where the file system can do so, holes stay holes.
/// Throws Error.
void copy_content(const runtime::Fd& from, const runtime::Fd& to, const std::string& name);

/// Throws Error for a size that is more than the whole file system that `file` is on: a few bytes of an archive, or of
/// a file with holes, can claim any.
void require_room(const runtime::Fd& file, off_t size, const std::string& name);

/// Copies what is no folder from one folder into another, where the name is free. Content is shared where the file
/// system can do so. Throws SystemError.
void copy_leaf(const runtime::Fd& from, const struct stat& status, const runtime::Fd& to, const std::string& name);

/// The same; where it is a device node that may not be made, an empty file stands for it: something has to, or the name
/// would look deleted.
void copy_leaf_or_stand_in(const runtime::Fd& from, const struct stat& status, const runtime::Fd& to,
                           const std::string& name);

/// Gives a folder the owner, mode, attributes and times of another one. Putting names into it changes the times again.
void copy_metadata(const runtime::Fd& from, const runtime::Fd& to);

}  // namespace overlay
