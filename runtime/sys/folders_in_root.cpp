#include "runtime/sys/folders_in_root.hpp"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/path_queue.hpp"

namespace runtime {
namespace {

/// What is made in a tmpfs that is mounted somewhere in the root. Nobody has to take it away, and its number must not
/// be looked for among the files of the root: those of a tmpfs are small, and a file of the root may have the same.
bool goes_with_its_mount(const Fd& place, const Fd& root) {
    struct statfs of_place {
    }, of_root{};
    if (::fstatfs(place.get(), &of_place) != 0 || ::fstatfs(root.get(), &of_root) != 0)
        throw SystemError("cannot look at a file system");
    return of_place.f_type == TMPFS_MAGIC && std::memcmp(&of_place.f_fsid, &of_root.f_fsid, sizeof of_root.f_fsid) != 0;
}

constexpr int folder_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// The walk that makes what is missing. It goes component by component and never lets the kernel follow a link.
class Walk {
public:
    Walk(const Fd& root, const std::string& path, mode_t mode, FolderMade made, MakesWay makes_way)
        : root_(root), mode_(mode), made_(std::move(made)), makes_way_(std::move(makes_way)), names_(path) {
        go_to_root();
    }

    Fd make_folder() {
        while (!names_.empty()) step(names_.take());
        return std::move(folders_.back().fd);
    }

    /// The same, but what the path ends with may be anything, and is an empty file where it is missing: `made_file` is
    /// told of that.
    Fd make_file(const FolderMade& made_file) {
        while (!names_.empty()) {
            const std::string name = names_.take();
            if (name == ".." || !names_.empty())
                step(name);
            else if (auto found = find_or_make(name, made_file))
                return *std::move(found);
        }
        return std::move(folders_.back().fd);
    }

private:
    struct Place {
        Fd fd;
        std::string path;
    };

    void go_to_root() {
        folders_.clear();
        folders_.push_back({open_at(root_, ".", folder_flags), ""});
    }

    void step(const std::string& name) {
        if (name != "..") return enter(name);
        if (folders_.size() > 1) folders_.pop_back();
    }

    std::string path_of(const std::string& name) const {
        const std::string& here = folders_.back().path;
        return here.empty() ? name : here + "/" + name;
    }

    void enter(const std::string& name) {
        const Place& here = folders_.back();
        std::string path = path_of(name);
        Fd next(::openat(here.fd.get(), name.c_str(), folder_flags));
        if (!next && (errno == ENOTDIR || errno == ELOOP)) {
            if (follow(name)) return;
            if (!makes_way_ || !makes_way_(here.fd, name, path)) throw Error("{} is not a folder", quoted("/" + path));
            errno = ENOENT;
        }
        const bool is_missing = !next && errno == ENOENT;
        if (is_missing) {
            if (::mkdirat(here.fd.get(), name.c_str(), mode_) != 0 && errno != EEXIST)
                throw SystemError("cannot make the folder {}", quoted("/" + path));
            next = Fd(::openat(here.fd.get(), name.c_str(), folder_flags));
        }
        if (!next) throw SystemError("cannot open the folder {}", quoted("/" + path));
        if (is_missing && made_) made_(open_at(next, ".", O_RDONLY | O_DIRECTORY), path);
        folders_.push_back({std::move(next), std::move(path)});
    }

    /// Nothing where it is a link, which was followed.
    std::optional<Fd> find_or_make(const std::string& name, const FolderMade& made_file) {
        const Fd& here = folders_.back().fd;
        Fd there(::openat(here.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!there && errno != ENOENT) throw SystemError("cannot open {}", quoted("/" + path_of(name)));
        if (there) {
            if (!S_ISLNK(stat_of(there).st_mode)) return there;
            if (follow(name)) return std::nullopt;
            throw Error("{} changed meanwhile", quoted("/" + path_of(name)));
        }
        { const Fd file = open_at(here, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644); }
        Fd file = open_at(here, name, O_PATH | O_NOFOLLOW);
        if (made_file) made_file(file, path_of(name));
        return file;
    }

    /// False for what is no link.
    bool follow(const std::string& name) {
        std::array<char, PATH_MAX> target;
        const ssize_t length = ::readlinkat(folders_.back().fd.get(), name.c_str(), target.data(), target.size());
        if (length < 0) return false;
        if (names_.follow({target.data(), static_cast<std::size_t>(length)})) go_to_root();
        return true;
    }

    const Fd& root_;
    mode_t mode_;
    FolderMade made_;
    MakesWay makes_way_;
    PathQueue names_;
    std::vector<Place> folders_;
};

}  // namespace

Fd make_folders_in_root(const Fd& root, const std::string& path, mode_t mode, const FolderMade& made,
                        const MakesWay& makes_way) {
    constexpr int for_reading = O_RDONLY | O_DIRECTORY;
    if (auto fd = open_in_root_if_exists(root, path, for_reading)) return *std::move(fd);
    return open_at(Walk(root, path, mode, made, makes_way).make_folder(), ".", for_reading);
}

Fd make_in_root(const Fd& root, const std::string& path, bool as_folder, std::vector<MadePath>* made) {
    if (auto there = open_in_root_if_exists(root, path, O_PATH)) return *std::move(there);
    const auto note = [&](bool is_folder) -> FolderMade {
        if (made == nullptr) return nullptr;
        return [made, is_folder, &root](const Fd& place, const std::string& place_path) {
            if (goes_with_its_mount(place, root)) return;
            made->push_back({"/" + place_path, is_folder, stat_of(place).st_ino});
        };
    };
    Walk walk(root, path, 0755, note(true), nullptr);
    return as_folder ? walk.make_folder() : walk.make_file(note(false));
}

}  // namespace runtime
