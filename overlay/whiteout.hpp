// The marks that overlayfs puts into an upper folder: what is deleted, and which folders hide what lies below them.
// See Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "runtime/sys/fd.hpp"

namespace overlay {

/// Which xattr namespace the overlay uses: trusted.overlay.* as root, user.overlay.* with the option userxattr.
enum class MarkNamespace { trusted, user };

/// The marks of the store that this process works on: `trusted`, until the store says otherwise when it is opened.
MarkNamespace store_marks() noexcept;
void set_store_marks(MarkNamespace marks) noexcept;
inline bool has_user_marks() noexcept {
    return store_marks() == MarkNamespace::user;
}

/// Whether an entry of an upper folder says that the name is deleted: a character device 0/0. Where the store lies on
/// an overlay itself, which takes no such devices, it is a socket without any rights: sockets are in no layer.
bool is_whiteout(const struct stat& status) noexcept;

/// Makes the whiteout `name` in a folder. Throws SystemError.
void make_whiteout(const runtime::Fd& folder, const std::string& name);

/// Whether a folder hides the folders of the same name below it. Where the store lies on an overlay of a kernel before
/// 6.7, which keeps trusted.overlay.* to itself, the mark is that of the other namespace.
bool is_opaque(const runtime::Fd& folder, MarkNamespace marks);

/// Marks a folder so. Throws SystemError.
void make_opaque(const runtime::Fd& folder, MarkNamespace marks);

/// Takes the mark away, if there is one. Throws SystemError.
void clear_opaque(const runtime::Fd& folder, MarkNamespace marks);

/// Whether an xattr says how a store keeps its files (marks of overlayfs, notes of owners). Such never enter a layer.
bool is_overlay_xattr(std::string_view name) noexcept;

}  // namespace overlay
