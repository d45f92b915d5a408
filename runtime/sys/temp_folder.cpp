#include "runtime/sys/temp_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime {
namespace {

/// A descriptor is held for each level, so that a tree made to be deep would use them all up: below this depth a folder
/// is moved to the top before it is removed.
constexpr unsigned deepest_level = 64;

class TreeRemoval {
public:
    explicit TreeRemoval(const Fd& top) : top_(top) {}

    void remove(const Fd& parent, const std::string& name, unsigned depth) {
        if (::unlinkat(parent.get(), name.c_str(), 0) == 0 || errno == ENOENT) return;
        if (errno != EISDIR && errno != EPERM) throw SystemError("cannot remove {}", quoted(name));
        if (depth > deepest_level && move_up(parent, name)) return;
        const Fd folder = open_to_empty(parent, name);
        for (const FolderEntry& entry : list_folder(folder)) remove(folder, entry.name, depth + 1);
        if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
            throw SystemError("cannot remove the folder {}", quoted(name));
    }

    void remove_moved() {
        for (unsigned number = 0; number < moved_count_; ++number) remove(top_, moved_name(number), 0);
    }

private:
    static std::string moved_name(unsigned number) { return fmt::format(".removed.{}.{}", ::getpid(), number); }

    bool move_up(const Fd& parent, const std::string& name) {
        if (::renameat(parent.get(), name.c_str(), top_.get(), moved_name(moved_count_).c_str()) != 0) return false;
        ++moved_count_;
        return true;
    }

    static Fd open_to_empty(const Fd& parent, const std::string& name) {
        constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        Fd folder(::openat(parent.get(), name.c_str(), flags));
        // A folder without permissions is in the way of everyone but root; its owner may change that.
        if (!folder && errno == EACCES && set_mode_at(parent, name, 0700) == 0)
            folder = Fd(::openat(parent.get(), name.c_str(), flags));
        if (!folder) throw SystemError("cannot remove {}", quoted(name));
        return folder;
    }

    const Fd& top_;
    unsigned moved_count_ = 0;
};

std::string default_parent() {
    const char* const named = std::getenv("TMPDIR");
    return named != nullptr && *named == '/' ? named : "/var/tmp";
}

}  // namespace

void remove_tree_at(const Fd& parent, const std::string& name) {
    TreeRemoval removal(parent);
    removal.remove(parent, name, 0);
    removal.remove_moved();
}

void remove_tree(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const auto folder = open_if_exists(parent, O_RDONLY | O_DIRECTORY);
    if (folder) remove_tree_at(*folder, path.substr(slash == std::string::npos ? 0 : slash + 1));
}

TempFolder::TempFolder() : TempFolder(default_parent()) {}

TempFolder::TempFolder(const std::string& parent) : path_(parent + "/builder-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) throw SystemError("cannot make a temporary folder in {}", quoted(parent));
    name_ = path_.substr(path_.find_last_of('/') + 1);
    parent_ = open_path(parent, O_RDONLY | O_DIRECTORY);
    folder_ = open_at(parent_, name_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

TempFolder& TempFolder::operator=(TempFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(name_, other.name_);
    std::swap(parent_, other.parent_);
    std::swap(folder_, other.folder_);
    return *this;
}

TempFolder::~TempFolder() {
    remove();
}

void TempFolder::remove() noexcept {
    if (!parent_) return;
    folder_.reset();
    try {
        remove_tree_at(parent_, name_);
    } catch (const Error&) {
        // What is left lies in a folder for temporary files; a destructor has nobody to tell.
    }
}

Fd nameless_file() {
    const TempFolder folder;
    return open_at(folder.fd(), "file", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
}

}  // namespace runtime
