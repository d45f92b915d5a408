#include "overlay/whiteout.hpp"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <atomic>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/sys/ownership.hpp"

namespace overlay {
namespace {

std::atomic<MarkNamespace> marks_of_store = MarkNamespace::trusted;

const char* opaque_name(MarkNamespace marks) noexcept {
    return marks == MarkNamespace::trusted ? "trusted.overlay.opaque" : "user.overlay.opaque";
}

}  // namespace

MarkNamespace store_marks() noexcept {
    return marks_of_store;
}

void set_store_marks(MarkNamespace marks) noexcept {
    marks_of_store = marks;
}

bool is_whiteout(const struct stat& status) noexcept {
    if (S_ISCHR(status.st_mode)) return status.st_rdev == makedev(0, 0);
    return S_ISSOCK(status.st_mode) && (status.st_mode & 07777) == 0;
}

void make_whiteout(const runtime::Fd& folder, const std::string& name) {
    if (::mknodat(folder.get(), name.c_str(), S_IFCHR, makedev(0, 0)) == 0) return;
    if (errno != EPERM || ::mknodat(folder.get(), name.c_str(), S_IFSOCK, 0) != 0)
        throw runtime::SystemError("cannot make the whiteout {}", runtime::quoted(name));
}

bool is_opaque(const runtime::Fd& folder, MarkNamespace marks) {
    char value = 0;
    ssize_t length = ::fgetxattr(folder.get(), opaque_name(marks), &value, 1);
    if (length < 0 && errno == ENOTSUP && marks == MarkNamespace::trusted)
        length = ::fgetxattr(folder.get(), opaque_name(MarkNamespace::user), &value, 1);
    return length == 1 && value == 'y';
}

void make_opaque(const runtime::Fd& folder, MarkNamespace marks) {
    if (::fsetxattr(folder.get(), opaque_name(marks), "y", 1, 0) == 0) return;
    if (errno != ENOTSUP || marks != MarkNamespace::trusted ||
        ::fsetxattr(folder.get(), opaque_name(MarkNamespace::user), "y", 1, 0) != 0)
        throw runtime::SystemError("cannot mark a folder as opaque");
}

void clear_opaque(const runtime::Fd& folder, MarkNamespace marks) {
    if (::fremovexattr(folder.get(), opaque_name(marks)) == 0 || errno == ENODATA) return;
    if (errno != ENOTSUP) throw runtime::SystemError("cannot take the mark of an opaque folder away");
    if (marks == MarkNamespace::trusted) ::fremovexattr(folder.get(), opaque_name(MarkNamespace::user));
}

bool is_overlay_xattr(std::string_view name) noexcept {
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.") || runtime::is_owner_record(name);
}

}  // namespace overlay
