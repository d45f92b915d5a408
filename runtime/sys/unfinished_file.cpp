#include "runtime/sys/unfinished_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

constexpr std::size_t random_letters = 6;
constexpr std::size_t longest_shown = 200;  // of a name, which may have 255 bytes with all that is added

std::string beginning_of(std::string_view prefix) {
    return fmt::format(".{}.builder-", prefix.substr(0, longest_shown));
}

std::string random_text() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEF";
    std::string text(random_letters, '\0');
    if (::getrandom(text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw SystemError("cannot get random bytes");
    for (char& letter : text) letter = letters[static_cast<unsigned char>(letter) % letters.size()];
    return text;
}

/// Some file systems have no locks: there nothing is taken for a leftover.
bool is_leftover(const Fd& file) {
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
           ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

bool is_locked_and_there(const Fd& file) {
    while (::flock(file.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
    struct stat status {};
    return ::fstat(file.get(), &status) == 0 && status.st_nlink > 0;
}

}  // namespace

UnfinishedFile::UnfinishedFile(const Fd& folder, std::string_view prefix, mode_t mode, std::string shown)
    : folder_(folder.duplicate()), shown_(std::move(shown)) {
    do {
        name_ = beginning_of(prefix) + random_text();
        file_ = Fd(::openat(folder_.get(), name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (file_) continue;
        const int error = errno;
        name_.clear();
        errno = error;
        if (error != EEXIST) throw SystemError("cannot write {}", quoted(shown_));
        // Before it was locked, another command may have taken it for a leftover.
    } while (!file_ || !is_locked_and_there(file_));
}

UnfinishedFile::UnfinishedFile(UnfinishedFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      file_(std::move(other.file_)),
      name_(std::exchange(other.name_, {})),
      shown_(std::move(other.shown_)) {}

UnfinishedFile& UnfinishedFile::operator=(UnfinishedFile&& other) noexcept {
    if (this == &other) return *this;
    discard();
    folder_ = std::move(other.folder_);
    file_ = std::move(other.file_);
    name_ = std::exchange(other.name_, {});
    shown_ = std::move(other.shown_);
    return *this;
}

void UnfinishedFile::discard() noexcept {
    if (!name_.empty()) ::unlinkat(folder_.get(), name_.c_str(), 0);
    name_.clear();
}

void UnfinishedFile::put_in_place(const std::string& name) {
    if (::fsync(file_.get()) != 0) throw SystemError("cannot flush {}", quoted(shown_));
    if (::renameat(folder_.get(), name_.c_str(), folder_.get(), name.c_str()) != 0)
        throw SystemError("cannot put {} in its place", quoted(shown_));
    name_.clear();
}

void UnfinishedFile::remove_leftovers(const Fd& folder, std::string_view prefix) {
    const Fd opened(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return;
    const std::string beginning = beginning_of(prefix);
    for (const FolderEntry& entry : list_folder(opened)) {
        if (entry.name.size() != beginning.size() + random_letters || !entry.name.starts_with(beginning)) continue;
        const Fd left(::openat(opened.get(), entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (left && is_leftover(left)) ::unlinkat(opened.get(), entry.name.c_str(), 0);
    }
}

}  // namespace runtime
