#include "runtime/sys/output_place.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <mutex>
#include <tuple>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/umask.hpp"
#include "runtime/sys/waits.hpp"

namespace runtime {
namespace {

constexpr int most_links = 40;

/// The folders whose links are not trusted, as their real paths.
class DistrustedFolders {
public:
    void add(std::string path) {
        const std::lock_guard lock(mutex_);
        paths_.push_back(std::move(path));
    }
    /// The one that holds a path without links; nothing where none does.
    std::string holder_of(const std::string& path) const {
        const std::lock_guard lock(mutex_);
        for (const std::string& folder : paths_)
            if (folder == "/" || path == folder || path.starts_with(folder + "/")) return folder;
        return {};
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> paths_;
};

DistrustedFolders& distrusted() {
    static DistrustedFolders folders;
    return folders;
}

std::string link_text(const Fd& folder, const std::string& name) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = ::readlinkat(folder.get(), name.c_str(), text.data(), text.size());
    if (length < 0) throw SystemError("cannot read the link {}", quoted(name));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string real_path(const Fd& fd) {
    return link_text(Fd(), fd_path(fd));
}

std::pair<std::string, std::string> parent_and_name(const std::string& path) {
    const auto slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty() || name == "." || name == "..") throw Error("cannot write {}: is a directory", quoted(path));
    return {slash == std::string::npos ? "." : path.substr(0, slash + 1), std::move(name)};
}

/// The folder that an output goes to, which has to be there.
Fd open_parent(const std::string& path, const Fd& base, const std::string& parent) {
    try {
        return open_at(base, parent, O_PATH | O_DIRECTORY);
    } catch (Error& error) {
        error.add_context("cannot write {}", quoted(path));
        throw;
    }
}

/// A path with `.` and `..` taken out as text, absolute.
std::string plain_path(const std::string& base, const std::string& path) {
    std::vector<std::string_view> names;
    const std::string whole = path.starts_with('/') ? path : base + "/" + path;
    for (const std::string_view name : split(whole, '/')) {
        if (name == ".." && !names.empty()) names.pop_back();
        if (!name.empty() && name != "." && name != "..") names.push_back(name);
    }
    std::string plain;
    for (const std::string_view name : names) plain.append("/").append(name);
    return plain.empty() ? "/" : plain;
}

/// The distrusted folder that a path names on its way, whatever links its names are; nothing where it names none.
std::string distrusted_on_the_way(const std::string& plain) {
    for (std::size_t end = plain.find('/', 1);; end = plain.find('/', end + 1)) {
        const Fd part(::open(plain.substr(0, end).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (part)
            if (std::string holder = distrusted().holder_of(real_path(part)); !holder.empty()) return holder;
        if (!part || end == std::string::npos) return {};
    }
}

/// The walk along one output's path.
class OutputWalk {
public:
    explicit OutputWalk(const std::string& path) : path_(path), folder_(open_path(".", O_PATH | O_DIRECTORY)) {
        go(path);
        for (int links = 0; is_link(); ++links) {
            if (links == most_links) throw Error("cannot write {}: its links lead to each other", quoted(path_));
            if (is_in_procfs()) {
                follow_open_file();
                return;
            }
            check_owner();
            go(link_text(folder_, name_));
        }
    }

    OutputPlace finish() {
        check_holder();
        OutputPlace place{std::move(folder_), std::move(name_), std::move(existing_), Fd()};
        if (!place.existing) return place;
        const mode_t type = status(place.existing).st_mode & S_IFMT;
        if (type == S_IFDIR) throw Error("cannot write {}: is a directory", quoted(path_));
        if (type != S_IFREG || is_open_file_) place.open = open_to_write(place.existing);
        return place;
    }

private:
    /// One step: to the folder of a path, and to what has the name there.
    void go(const std::string& path) {
        std::string parent;
        std::tie(parent, name_) = parent_and_name(path);
        if (holder_.empty()) holder_ = distrusted_on_the_way(plain_path(real_path(folder_), parent));
        folder_ = open_parent(path_, folder_, parent);
        look(O_NOFOLLOW);
    }

    void look(int flags) {
        existing_ = Fd(::openat(folder_.get(), name_.c_str(), O_PATH | O_CLOEXEC | flags));
        if (!existing_ && errno != ENOENT) throw SystemError("cannot write {}", quoted(path_));
    }

    Fd open_to_write(const Fd& found) const {
        Fd file = runtime::open_to_write(fd_path(found));
        if (!file) throw SystemError("cannot write {}", quoted(path_));
        return file;
    }

    static struct stat status(const Fd& fd) {
        struct stat result {};
        if (::fstat(fd.get(), &result) != 0) throw SystemError("cannot read the status of an output");
        return result;
    }
    bool is_link() const { return existing_ && S_ISLNK(status(existing_).st_mode); }
    bool is_in_procfs() const {
        struct statfs system {};
        return ::fstatfs(folder_.get(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
    }

    /// A link of procfs is the open file itself, whatever its text says.
    void follow_open_file() {
        look(0);
        is_open_file_ = true;
    }

    void check_owner() const {
        const uid_t owner = status(existing_).st_uid;
        if (owner == 0 || owner == ::geteuid()) return;
        throw Error("cannot write {}: it is a link that somebody else made (user {})", quoted(path_), owner)
            .with_hint("name the file itself, or remove the link");
    }

    void check_holder() const {
        if (holder_.empty() || !distrusted().holder_of(real_path(folder_)).empty()) return;
        throw Error("cannot write {}: a link leads out of the build context {}", quoted(path_), quoted(holder_))
            .with_hint("name the file itself, or remove the link");
    }

    const std::string& path_;
    Fd folder_;
    std::string name_;
    Fd existing_;
    std::string holder_;
    bool is_open_file_ = false;
};

/// N of /dev/stdout, /dev/stderr and /dev/fd/N; -1 of anything else.
int own_descriptor(const std::string& path) {
    if (path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        int number = -1;
        const char* const end = path.data() + path.size();
        if (path.starts_with(folder) && std::from_chars(path.data() + folder.size(), end, number).ptr == end)
            return number;
    }
    return -1;
}

}  // namespace

void distrust_links_in(const std::string& folder) {
    const Fd found(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (found) distrusted().add(real_path(found));
}

OutputPlace find_output(const std::string& path) {
    const int own = own_descriptor(path);
    if (own < 0) return OutputWalk(path).finish();
    OutputPlace place;
    place.open = Fd(::fcntl(own, F_DUPFD_CLOEXEC, 0));
    if (!place.open) throw SystemError("cannot write {}", quoted(path));
    return place;
}

OutputPlace find_output_itself(const std::string& path) {
    auto [parent, name] = parent_and_name(path);
    return {open_parent(path, open_path(".", O_PATH | O_DIRECTORY), parent), std::move(name), Fd(), Fd()};
}

Fd open_output(const std::string& path, int flags, mode_t mode) {
    OutputPlace place = find_output(path);
    if (place.open) return std::move(place.open);
    const int how = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags;
    Fd file(::openat(place.folder.get(), place.name.c_str(), how, output_mode(mode)));
    if (!file) throw SystemError("cannot write {}", quoted(path));
    return file;
}

void check_output_folder(const std::string& path) {
    const std::string plain = plain_path(real_path(open_path(".", O_PATH)), path);
    const std::string holder = distrusted_on_the_way(plain);
    if (holder.empty()) return;
    // What is not there yet will be made below the last folder that is, without any link.
    std::string there = plain;
    std::optional<Fd> folder;
    while (!(folder = open_if_exists(there, O_PATH | O_DIRECTORY)))
        there.erase(std::max<std::size_t>(there.rfind('/'), 1));
    if (!distrusted().holder_of(real_path(*folder)).empty()) return;
    throw Error("cannot write to {}: a link leads out of the build context {}", quoted(path), quoted(holder))
        .with_hint("name the folder itself, or remove the link");
}

}  // namespace runtime
