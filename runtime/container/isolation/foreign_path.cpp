#include "runtime/container/isolation/foreign_path.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr int most_links = 40;

/// While it lives, this process has the root of another one.
class InsideRoot {
public:
    InsideRoot(const Fd& root, const Fd& own_root) : own_root_(own_root) {
        if (::fchdir(root.get()) != 0 || ::chroot(".") != 0) throw SystemError("cannot enter a root");
    }
    ~InsideRoot() {
        if (::fchdir(own_root_.get()) != 0 || ::chroot(".") != 0) ::_exit(125);
    }
    InsideRoot(const InsideRoot&) = delete;
    InsideRoot& operator=(const InsideRoot&) = delete;

private:
    const Fd& own_root_;
};

Fd open_place(const Fd& start, const std::string& path, std::uint64_t flags) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC | flags;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    Fd place(static_cast<int>(::syscall(SYS_openat2, start.get(), path.c_str(), &how, sizeof how)));
    if (!place) throw SystemError("cannot find {}", quoted(path));
    return place;
}

/// What a process calls by names for itself, as a path below its folder in /proc: there, "self" would be this process.
std::optional<std::string> path_in_process(std::string_view path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names = {{{"/proc/self/", ""},
                                                                                     {"/proc/thread-self/", ""},
                                                                                     {"/dev/fd/", "fd/"},
                                                                                     {"/dev/stdin", "fd/0"},
                                                                                     {"/dev/stdout", "fd/1"},
                                                                                     {"/dev/stderr", "fd/2"}}};
    for (const auto& [name, below] : names)
        if (path.starts_with(name)) return std::string(below).append(path.substr(name.size()));
    return std::nullopt;
}

/// How long the part of a path in /proc/self is that leads out of /proc: "cwd", "root" or "fd/NUMBER"; 0 for others.
std::size_t length_of_way_out(std::string_view path) {
    const std::size_t first = std::min(path.find('/'), path.size());
    if (path.substr(0, first) == "cwd" || path.substr(0, first) == "root") return first;
    if (path.substr(0, first) != "fd" || first + 1 >= path.size()) return 0;
    const std::size_t second = std::min(path.find('/', first + 1), path.size());
    return path.substr(first + 1, second - first - 1).find_first_not_of("0123456789") == std::string_view::npos ? second
                                                                                                                : 0;
}

std::string read_link(const Fd& link) {
    std::array<char, 4097> text{};
    const ssize_t length = ::readlinkat(link.get(), "", text.data(), text.size());
    if (length < 0) throw SystemError("cannot read a link");
    return {text.data(), static_cast<std::size_t>(length)};
}

bool is_link(const Fd& folder, const std::string& name) {
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        throw SystemError("cannot read a status");
    return S_ISLNK(status.st_mode);
}

/// A walk that goes on where the last link leads to.
class Walk {
public:
    Walk(const Fd& process, const Fd& root, Fd start, std::string path)
        : process_(process), root_(root), start_(std::move(start)), path_(std::move(path)) {}

    ForeignPlace run(bool follows_link) {
        for (int links = 0; links <= most_links; ++links) {
            if (path_.starts_with("/")) start_ = root_.duplicate();
            if (const auto inside = path_in_process(path_)) {
                const std::size_t way_out = length_of_way_out(*inside);
                const bool is_all = way_out == inside->size();
                // The rest of /proc/self has no owners that could be changed.
                if (way_out == 0 || (is_all && !follows_link)) return {open_place(process_, *inside, O_NOFOLLOW), ""};
                start_ = open_at(process_, inside->substr(0, way_out), O_PATH);
                if (is_all) return {std::move(start_), ""};
                path_ = inside->substr(std::min(inside->find_first_not_of('/', way_out), inside->size()));
                if (path_.empty()) return {open_place(start_, ".", 0), ""};
            }
            ForeignPlace place = last_step();
            if (place.name.empty() || !follows_link || !is_link(place.folder, place.name)) return place;
            path_ = read_link(open_place(place.folder, place.name, O_NOFOLLOW));
            start_ = std::move(place.folder);
        }
        throw SystemError(SystemError::Number{ELOOP}, "too many links");
    }

private:
    ForeignPlace last_step() const {
        const auto slash = path_.rfind('/');
        const std::string name = path_.substr(slash == std::string::npos ? 0 : slash + 1);
        if (name.empty() || name == "." || name == "..") return {open_place(start_, path_, 0), ""};
        const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
        return {open_place(start_, folder, O_DIRECTORY), name};
    }

    const Fd& process_;
    const Fd& root_;
    Fd start_;
    std::string path_;
};

}  // namespace

Fd open_foreign_descriptor(const Fd& process, int descriptor) {
    if (descriptor == AT_FDCWD) return open_at(process, "cwd", O_PATH);
    try {
        return open_at(process, fmt::format("fd/{}", descriptor), O_PATH);
    } catch (const SystemError& error) {
        if (error.number() != ENOENT) throw;
        throw SystemError(SystemError::Number{EBADF}, "there is no descriptor {}", descriptor);
    }
}

ForeignPlace find_foreign_path(const Fd& process, int descriptor, const std::string& path, bool follows_link,
                               const Fd& own_root) {
    const Fd root = open_at(process, "root", O_PATH | O_DIRECTORY);
    Fd start = path.starts_with("/") ? root.duplicate() : open_foreign_descriptor(process, descriptor);
    const InsideRoot inside(root, own_root);
    return Walk(process, root, std::move(start), path).run(follows_link);
}

}  // namespace runtime
