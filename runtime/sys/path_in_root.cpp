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

/// Makes one name and opens it. Somebody else may have made it meanwhile, which is as good.
Fd make_and_open(const Fd& parent, const std::string& name, bool as_folder) {
    if (as_folder) {
        if (::mkdirat(parent.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
            throw SystemError("cannot make the folder {}", quoted(name));
        return open_at(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    }
    { const Fd file = open_at(parent, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644); }
    return open_at(parent, name, O_PATH | O_NOFOLLOW);
}

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

Fd make_in_root(const Fd& root, const std::string& path, bool as_folder, std::vector<MadePath>* made) {
    if (auto there = open_in_root_if_exists(root, path, O_PATH)) return *std::move(there);
    const auto end = path.find_last_not_of('/');
    const auto slash = path.rfind('/', end);
    const std::string parent_path = slash == std::string::npos ? "" : path.substr(0, slash);
    const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1, end - slash);
    if (end == std::string::npos || name == "." || name == "..")
        throw Error("cannot make {} inside the root: it does not name a place", quoted(path));
    const Fd parent = make_in_root(root, parent_path, true, made);
    Fd result = make_and_open(parent, name, as_folder);
    if (made != nullptr) made->push_back({path_below(root, result), as_folder, stat_of(result).st_ino});
    return result;
}

}  // namespace runtime
