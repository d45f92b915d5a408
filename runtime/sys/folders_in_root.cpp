#include "runtime/sys/folders_in_root.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/// As many as the kernel follows (MAXSYMLINKS).
constexpr unsigned most_links = 40;

/// The walk that makes what is missing. It goes component by component and never lets the kernel follow a link.
class Walk {
public:
    Walk(const Fd& root, mode_t mode, const FolderMade& made) : root_(root), mode_(mode), made_(made) {}

    Fd run(const std::string& path) {
        put_first(path);
        go_to_root();
        while (!rest_.empty()) {
            const std::string name = std::move(rest_.front());
            rest_.pop_front();
            if (name == "..") {
                if (folders_.size() > 1) folders_.pop_back();
            } else {
                enter(name);
            }
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
        Fd fd(::openat(root_.get(), ".", folder_flags));
        if (!fd) throw SystemError("cannot open the root folder");
        folders_.push_back({std::move(fd), ""});
    }

    void put_first(std::string_view path) {
        std::deque<std::string> names;
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            if (end != 0 && path.substr(0, end) != ".") names.emplace_back(path.substr(0, end));
            path.remove_prefix(std::min(end + 1, path.size()));
        }
        rest_.insert(rest_.begin(), std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
    }

    void enter(const std::string& name) {
        const Place& here = folders_.back();
        std::string path = here.path.empty() ? name : here.path + "/" + name;
        bool is_new = false;
        Fd next(::openat(here.fd.get(), name.c_str(), folder_flags));
        if (!next && errno == ENOENT) {
            if (::mkdirat(here.fd.get(), name.c_str(), mode_) != 0)
                throw SystemError("cannot make the folder {}", quoted(path));
            is_new = true;
            next = Fd(::openat(here.fd.get(), name.c_str(), folder_flags));
        }
        if (!next && (errno == ENOTDIR || errno == ELOOP)) return follow(here.fd, name, path);
        if (!next) throw SystemError("cannot open the folder {}", quoted(path));
        if (is_new && made_) made_(next, path);
        folders_.push_back({std::move(next), std::move(path)});
    }

    void follow(const Fd& folder, const std::string& name, const std::string& path) {
        std::array<char, PATH_MAX> target;
        const ssize_t length = ::readlinkat(folder.get(), name.c_str(), target.data(), target.size());
        if (length < 0) throw Error("{} is not a folder", quoted(path));
        if (++links_ > most_links) throw Error("{} leads through too many symbolic links", quoted(path));
        const std::string_view text(target.data(), static_cast<std::size_t>(length));
        put_first(text);
        if (text.starts_with('/')) go_to_root();
    }

    const Fd& root_;
    mode_t mode_;
    const FolderMade& made_;
    std::vector<Place> folders_;
    std::deque<std::string> rest_;
    unsigned links_ = 0;
};

}  // namespace

Fd make_folders_in_root(const Fd& root, const std::string& path, mode_t mode, const FolderMade& made) {
    if (auto fd = open_in_root_if_exists(root, path, O_RDONLY | O_DIRECTORY)) return *std::move(fd);
    return Walk(root, mode, made).run(path);
}

}  // namespace runtime
