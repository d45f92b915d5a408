// Who owns a file, as images mean it. Mostly that is what the file system says. A user with a single ID can give files
// to nobody: then the owner is kept beside the file, in its extended attribute user.builder.owner ("uid:gid", or
// "uid:gid:mode"), and for links and special files, which cannot have such attributes, in one of the folder that they
// lie in.
#pragma once

#include <sys/stat.h>

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// The same for modes, where owners are kept beside the files: those that would lock out the one true owner (as mode 0
/// does, for a user who is not root in truth) are noted there too, and the file system has more of them.
void keep_modes_aside(bool aside) noexcept;

/// Decides it for this process: where its store keeps owners. They are in the files until this says otherwise.
void keep_owners_aside(bool aside) noexcept;
bool owners_are_aside() noexcept;
bool modes_are_aside() noexcept;

/// The capabilities of a program where only root may set them: as the value of this attribute instead of
/// security.capability. Those who read and set extended attributes by xattr.hpp see the latter.
inline constexpr const char* capability_note = "user.builder.capability";

/// Whether an extended attribute is such a note; it never becomes part of a layer, nor comes out of one.
bool is_owner_record(std::string_view xattr) noexcept;

/// Gives a file or folder to an owner. 0, or the errno that says why not.
int set_owner(const Fd& file, uid_t uid, gid_t gid) noexcept;
/// The same for a name in a folder; links are not followed.
int set_owner_at(const Fd& folder, const std::string& name, uid_t uid, gid_t gid) noexcept;

/// Gives a file or folder these permission bits, links not followed. 0, or the errno that says why not.
int set_mode(const Fd& file, mode_t mode) noexcept;
int set_mode_at(const Fd& folder, const std::string& name, mode_t mode) noexcept;

/// Puts owner and mode into what fstat said, where it is kept beside the file; stat_of and stat_at do so.
void look_up_owner(const Fd& file, struct stat& status) noexcept;
void look_up_owner_at(const Fd& folder, const std::string& name, struct stat& status) noexcept;

}  // namespace runtime
