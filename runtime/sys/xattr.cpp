#include "runtime/sys/xattr.hpp"

#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/base/error.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime {
namespace {

// The kernel's own limits (linux/limits.h: XATTR_LIST_MAX, XATTR_SIZE_MAX).
constexpr std::size_t largest_bytes = 65536;

constexpr const char* capabilities = "security.capability";

bool is_unsupported(int number) noexcept {
    return number == ENOTSUP || number == ENOSYS;
}

/// Reads the list, then each value, by whichever pair of calls fits. Most files have none, so the first try stays on
/// the stack.
template <typename List, typename Get>
Xattrs read_by(List list, Get get) {
    std::array<char, 1024> small;
    ssize_t count = list(small.data(), small.size());
    if (count == 0 || (count < 0 && is_unsupported(errno))) return {};
    std::string names;
    if (count < 0 && errno == ERANGE) {
        names.resize(largest_bytes);
        count = list(names.data(), names.size());
    } else if (count > 0) {
        names.assign(small.data(), static_cast<std::size_t>(count));
    }
    if (count < 0) throw SystemError("cannot list extended attributes");
    names.resize(static_cast<std::size_t>(count));

    Xattrs xattrs;
    for (std::size_t begin = 0; begin < names.size();) {
        std::string name = names.c_str() + begin;
        begin += name.size() + 1;
        std::string value(256, '\0');
        ssize_t length = get(name.c_str(), value.data(), value.size());
        if (length < 0 && errno == ERANGE) {
            value.resize(largest_bytes);
            length = get(name.c_str(), value.data(), value.size());
        }
        if (length < 0 && errno == ENODATA) continue;  // removed since it was listed
        if (length < 0) throw SystemError("cannot read the extended attribute {}", quoted(name));
        value.resize(static_cast<std::size_t>(length));
        if (owners_are_aside() && name == capability_note) name = capabilities;
        xattrs.emplace_back(std::move(name), std::move(value));
    }
    std::sort(xattrs.begin(), xattrs.end());
    return xattrs;
}

/// Tries it as it is asked for; the capabilities of a program are noted where they cannot be set. `set` gives 0 or an
/// errno value.
template <typename Set>
int set_or_note(const std::string& xattr, Set set) noexcept {
    const int number = set(xattr.c_str());
    return number == EPERM && xattr == capabilities && owners_are_aside() ? set(capability_note) : number;
}

/// A path to a name in a folder for the calls that know no folder descriptor. Only the folder's part is followed.
std::string path_at(const Fd& folder, const std::string& name) {
    return fmt::format("/proc/self/fd/{}/{}", folder.get(), name);
}

}  // namespace

Xattrs read_xattrs(const Fd& file) {
    return read_by(
        [&](char* buffer, std::size_t size) { return ::flistxattr(file.get(), buffer, size); },
        [&](const char* name, char* buffer, std::size_t size) { return ::fgetxattr(file.get(), name, buffer, size); });
}

Xattrs read_xattrs_at(const Fd& folder, const std::string& name) {
    const std::string path = path_at(folder, name);
    return read_by([&](char* buffer, std::size_t size) { return ::llistxattr(path.c_str(), buffer, size); },
                   [&](const char* xattr, char* buffer, std::size_t size) {
                       return ::lgetxattr(path.c_str(), xattr, buffer, size);
                   });
}

int set_xattr_at(const Fd& folder, const std::string& name, const std::string& xattr, std::string_view value) noexcept {
    const std::string path = path_at(folder, name);
    return set_or_note(xattr, [&](const char* wanted) {
        return ::lsetxattr(path.c_str(), wanted, value.data(), value.size(), 0) == 0 ? 0 : errno;
    });
}

int set_xattr(const Fd& file, const std::string& xattr, std::string_view value) noexcept {
    return set_or_note(xattr, [&](const char* wanted) {
        return ::fsetxattr(file.get(), wanted, value.data(), value.size(), 0) == 0 ? 0 : errno;
    });
}

}  // namespace runtime
