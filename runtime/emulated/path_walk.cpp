#include "runtime/emulated/path_walk.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "runtime/emulated/process_folder.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

constexpr int most_links = 40;
Fd copy_of(const Fd& file) {
    return Fd(checked(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3)));
}

/// Folders only, no links, nothing outside.
Fd open_below(const Fd& start, const std::string& path) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC | O_DIRECTORY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return Fd(static_cast<int>(::syscall(SYS_openat2, start.get(), path.c_str(), &how, sizeof how)));
}

}  // namespace

/// The folder that was reached, and the rest of the way.
class PathWalk::Walk {
public:
    Walk(const PathWalk& finder, pid_t thread, const Process& process, WalkStart start)
        : finder_(finder),
          thread_(thread),
          process_(process),
          current_(std::move(start.folder)),
          path_(std::move(start.path)),
          mount_(&finder.mounts_.below(path_)) {}

    Place run(std::string path, LastLink last);

private:
    struct Name {
        std::string text;
        bool is_last = false;
        bool has_slash = false;
    };
    Name next_name();
    void jump();
    void go_to_root();
    void go_to(const std::string& path);
    void go_up();
    void enter(Place place);
    void follow(const std::string& text, const Name& name);
    Place here();
    bool stop_at(const Name& name, LastLink last, std::optional<Place>& found);
    bool step_in_processes(const Name& name, LastLink last, std::optional<Place>& found);
    bool step_in_files(const Name& name, LastLink last, std::optional<Place>& found);
    std::optional<Place> own_terminal(const Name& name) const;
    bool step(const Name& name, LastLink last, std::optional<Place>& found);

    const PathWalk& finder_;
    pid_t thread_;
    const Process& process_;
    Fd current_;
    std::string path_;
    const Mount* mount_;
    std::string rest_;
    int links_ = 0;
    std::array<char, 4097> text_;
};

PathWalk::Walk::Name PathWalk::Walk::next_name() {
    const auto start = rest_.find_first_not_of('/');
    if (start == std::string::npos) {
        rest_.clear();
        return {};
    }
    const auto end = std::min(rest_.find('/', start), rest_.size());
    Name name{rest_.substr(start, end - start)};
    const auto next = rest_.find_first_not_of('/', end);
    name.is_last = next == std::string::npos;
    name.has_slash = name.is_last && end < rest_.size();
    rest_.erase(0, name.is_last ? rest_.size() : next);
    if (name.text.size() > 255) throw Refusal{ENAMETOOLONG};
    return name;
}

/// Where there is neither a link nor a mount on the way, one call finds the last folder.
void PathWalk::Walk::jump() {
    const auto start = rest_.find_first_not_of('/');
    if (start == std::string::npos || mount_->kind != Mount::Kind::files) return;
    const auto last = rest_.find_last_of('/', rest_.find_last_not_of('/'));
    if (last == std::string::npos || last <= start) return;
    const std::string folders = rest_.substr(start, last - start);
    if (folders.find("//") != std::string::npos || folders.find("/.") != std::string::npos || folders[0] == '.') return;
    std::string path = path_ + "/" + folders;
    if (&finder_.mounts_.below(path) != mount_ || finder_.mounts_.is_masked(path)) return;
    Fd reached = open_below(current_, folders);
    if (!reached) return;
    current_ = std::move(reached);
    path_ = std::move(path);
    rest_.erase(0, last);
}

void PathWalk::Walk::go_to_root() {
    current_ = copy_of(*process_.root);
    path_ = process_.root_path;
    mount_ = &finder_.mounts_.below(path_);
}

/// A path that was reached before, so that there are no links on the way.
void PathWalk::Walk::go_to(const std::string& path) {
    mount_ = &finder_.mounts_.below(path);
    const std::string below = path.substr(std::min(path.size(), mount_->target.size() + 1));
    Fd reached = below.empty() ? copy_of(mount_->place) : open_below(mount_->place, below);
    if (!reached) throw Refusal{errno};
    current_ = std::move(reached);
    path_ = path;
}

void PathWalk::Walk::go_up() {
    if (path_.empty() || path_ == process_.root_path) return;
    if (!is_within(path_, process_.root_path)) return go_to_root();
    go_to(path_.substr(0, path_.rfind('/')));
}

void PathWalk::Walk::enter(Place place) {
    if (place.is_foreign) throw Refusal{EACCES};
    current_ = std::move(place.folder);
    path_ = std::move(place.path);
    mount_ = place.mount;
}

void PathWalk::Walk::follow(const std::string& text, const Name& name) {
    if (++links_ > most_links) throw Refusal{ELOOP};
    if (text.empty()) throw Refusal{ENOENT};
    rest_ = text + (name.is_last ? (name.has_slash ? "/" : "") : "/" + rest_);
    if (rest_.size() > 16384) throw Refusal{ENAMETOOLONG};
    if (text.starts_with("/")) go_to_root();
}

Place PathWalk::Walk::here() {
    Place place;
    place.folder = std::move(current_);
    place.path = path_;
    place.mount = mount_;
    place.is_mount_point = path_ == mount_->target;
    place.wants_folder = mount_->is_folder;
    return place;
}

/// The last name: where it is a link that is to be followed, the walk goes on.
bool PathWalk::Walk::stop_at(const Name& name, LastLink last, std::optional<Place>& found) {
    if (last == LastLink::followed || name.has_slash) {
        const ssize_t length = ::readlinkat(current_.get(), name.text.c_str(), text_.data(), text_.size());
        if (length >= 0) {
            follow({text_.data(), static_cast<std::size_t>(length)}, name);
            return false;
        }
        if (errno != EINVAL && errno != ENOENT) throw Refusal{errno};
    }
    found.emplace();
    found->folder = std::move(current_);
    found->name = name.text;
    found->path = path_ + "/" + name.text;
    found->mount = mount_;
    found->wants_folder = name.has_slash;
    return true;
}

/// Whether the end was reached.
bool PathWalk::Walk::step_in_processes(const Name& name, LastLink last, std::optional<Place>& found) {
    ProcessEntry entry = look_up_process_entry(finder_.mounts_, finder_.processes_, {thread_, &process_},
                                               std::string_view(path_).substr(mount_->target.size()), name.text);
    if (entry.kind == ProcessEntry::Kind::ordinary) return step_in_files(name, last, found);
    if (name.is_last && last == LastLink::kept && !name.has_slash) {
        found.emplace();
        found->folder = std::move(current_);
        found->name = name.text;
        found->path = path_ + "/" + name.text;
        found->mount = mount_;
        found->text = std::move(entry.text);
        return true;
    }
    if (entry.kind == ProcessEntry::Kind::link) {
        follow(entry.text, name);
        return false;
    }
    if (++links_ > most_links) throw Refusal{ELOOP};
    if (name.is_last)
        found = std::move(entry.target);
    else
        enter(std::move(entry.target));
    return name.is_last;
}

bool PathWalk::Walk::step_in_files(const Name& name, LastLink last, std::optional<Place>& found) {
    if (name.is_last) return stop_at(name, last, found);
    Fd next(::openat(current_.get(), name.text.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next) {
        current_ = std::move(next);
        path_ += "/" + name.text;
        return false;
    }
    if (errno != ENOTDIR) throw Refusal{errno};
    const ssize_t length = ::readlinkat(current_.get(), name.text.c_str(), text_.data(), text_.size());
    if (length < 0) throw Refusal{errno == EINVAL ? ENOTDIR : errno};
    follow({text_.data(), static_cast<std::size_t>(length)}, name);
    return false;
}

/// Somebody else's terminal is nothing to type into. Nothing where the name is no terminal's.
std::optional<Place> PathWalk::Walk::own_terminal(const Name& name) const {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(name.text.data(), name.text.data() + name.text.size(), number);
    if (error != std::errc()) return std::nullopt;
    const Fd* const terminal = finder_.mounts_.terminal(number);
    if (terminal == nullptr || end != name.text.data() + name.text.size()) throw Refusal{ENOENT};
    if (!name.is_last || name.has_slash) throw Refusal{ENOTDIR};
    Place place;
    place.folder = copy_of(*terminal);
    place.path = path_ + "/" + name.text;
    place.mount = mount_;
    return place;
}

bool PathWalk::Walk::step(const Name& name, LastLink last, std::optional<Place>& found) {
    if (name.text == "." || name.text == "..") {
        if (name.text == "..") go_up();
        if (name.is_last) found = here();
        return name.is_last;
    }
    const std::string child = path_ + "/" + name.text;
    if (finder_.mounts_.is_masked(child)) throw Refusal{ENOENT};
    if (const Mount* const mount = finder_.mounts_.at(child)) {
        if (!mount->is_folder && (!name.is_last || name.has_slash)) throw Refusal{ENOTDIR};
        current_ = copy_of(mount->place);
        path_ = child;
        mount_ = mount;
        if (name.is_last) found = here();
        return name.is_last;
    }
    if (mount_->kind == Mount::Kind::terminals && (found = own_terminal(name))) return true;
    return mount_->kind == Mount::Kind::processes ? step_in_processes(name, last, found)
                                                  : step_in_files(name, last, found);
}

Place PathWalk::Walk::run(std::string path, LastLink last) {
    if (path.empty()) throw Refusal{ENOENT};
    if (path.starts_with("/")) go_to_root();
    rest_ = std::move(path);
    std::optional<Place> found;
    for (;;) {
        jump();
        const Name name = next_name();
        if (name.text.empty()) return here();
        if (step(name, last, found)) return *std::move(found);
    }
}

WalkStart PathWalk::start_of(pid_t thread, const Process& process, int descriptor) const {
    WalkStart start;
    if (descriptor == AT_FDCWD) {
        start.folder = copy_of(*process.folder);
        start.path = mounts_.path_in_container(path_of_descriptor(start.folder)).value_or("");
        return start;
    }
    Place place = descriptor_place(thread, process, descriptor);
    if (place.is_foreign) throw Refusal{S_ISDIR(status_of(place).st_mode) ? EACCES : ENOTDIR};
    return {std::move(place.folder), std::move(place.path)};
}

Place PathWalk::find(pid_t thread, const Process& process, int descriptor, const std::string& path,
                     LastLink last) const {
    if (path.empty()) throw Refusal{ENOENT};
    WalkStart start;
    if (path.starts_with("/")) {
        start.folder = copy_of(*process.root);
        start.path = process.root_path;
    } else {
        start = start_of(thread, process, descriptor);
    }
    return Walk(*this, thread, process, std::move(start)).run(path, last);
}

Place PathWalk::descriptor_place(pid_t thread, const Process& process, int descriptor) const {
    if (descriptor == AT_FDCWD) {
        WalkStart start = start_of(thread, process, descriptor);
        Place place;
        place.folder = std::move(start.folder);
        place.path = std::move(start.path);
        place.mount = &mounts_.below(place.path);
        return place;
    }
    return place_of_descriptor(mounts_, thread, descriptor);
}

std::string path_for(const Process& process, const std::string& path) {
    std::string told = is_within(path, process.root_path) ? path.substr(process.root_path.size()) : path;
    return told.empty() ? "/" : told;
}

struct stat status_of(const Place& place) {
    struct stat status {};
    checked(::fstatat(place.folder.get(), place.name.c_str(), &status, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
    place.name.empty() ? look_up_owner(place.folder, status) : look_up_owner_at(place.folder, place.name, status);
    return status;
}

Fd open_place(const Place& place, int flags, mode_t mode) {
    const int all = flags | O_CLOEXEC | O_NOCTTY;
    if (!place.name.empty())
        return Fd(checked(::openat(place.folder.get(), place.name.c_str(), all | O_NOFOLLOW, mode)));
    return Fd(checked(::open(fd_path(place.folder).c_str(), all & ~O_NOFOLLOW, mode)));
}

}  // namespace runtime::emulated
