#include "runtime/sys/path_in_root.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr int most_tries = 64;

/// openat2 with a retry: RESOLVE_IN_ROOT gives EAGAIN where something was renamed meanwhile.
int try_open(const Fd& root, const std::string& path, int flags, mode_t mode, std::uint64_t resolve) noexcept {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
    how.resolve = resolve;
    const char* const name = path.empty() ? "." : path.c_str();
    for (int tries = 0;; ++tries) {
        const auto number = static_cast<int>(::syscall(SYS_openat2, root.get(), name, &how, sizeof how));
        if (number >= 0 || (errno != EAGAIN && errno != EINTR) || tries == most_tries) return number;
    }
}

std::string kernel_path(const Fd& place) {
    std::string path(PATH_MAX, '\0');
    const ssize_t length = ::readlink(fd_path(place).c_str(), path.data(), path.size());
    if (length < 0) throw SystemError("cannot find the path of an open file");
    path.resize(static_cast<std::size_t>(length));
    return path;
}

constexpr std::uint64_t in_root = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

}  // namespace

Fd open_in_root(const Fd& root, const std::string& path, int flags, mode_t mode) {
    Fd fd(try_open(root, path, flags, mode, in_root));
    if (!fd) throw SystemError("cannot open {} inside the root", quoted(path));
    return fd;
}

std::optional<Fd> open_in_root_if_exists(const Fd& root, const std::string& path, int flags) {
    Fd fd(try_open(root, path, flags, 0, in_root));
    if (fd) return fd;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw SystemError("cannot open {} inside the root", quoted(path));
}

Fd open_beneath(const Fd& folder, const std::string& path, int flags, mode_t mode) {
    Fd fd(try_open(folder, path, flags | O_NOFOLLOW, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS));
    if (!fd) throw SystemError("cannot open {}", quoted(path));
    return fd;
}

std::string path_below(const Fd& root, const Fd& place) {
    const std::string root_path = kernel_path(root);
    std::string path = kernel_path(place);
    if (root_path != "/" && path.starts_with(root_path)) path.erase(0, root_path.size());
    return path;
}

}  // namespace runtime
