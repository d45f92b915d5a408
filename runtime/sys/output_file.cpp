#include "runtime/sys/output_file.hpp"

#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/output_place.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/umask.hpp"

namespace runtime {
namespace {

constexpr std::size_t random_letters = 6;
constexpr std::size_t longest_shown = 200;  // of a name, which may have 255 bytes with all that is added

std::string prefix_of(const std::string& name) {
    return "." + name.substr(0, longest_shown) + ".builder-";
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

OutputFile::OutputFile(std::string path, Rules rules) : path_(std::move(path)) {
    OutputPlace place = rules.replaces_links ? find_output_itself(path_) : find_output(path_);
    if (place.open) {
        file_ = std::move(place.open);
        if (!rules.writes_anywhere) return;
        target_ = std::move(file_);
        file_ = nameless_file();  // what is written need not come in order
        return;
    }
    folder_ = std::move(place.folder);
    name_ = std::move(place.name);
    remove_leftovers();
    make_beside(rules.replaces_links ? rules.mode : output_mode(rules.mode));
}

OutputFile::~OutputFile() {
    if (!beside_.empty()) ::unlinkat(folder_.get(), beside_.c_str(), 0);
}

void OutputFile::make_beside(mode_t mode) {
    do {
        beside_ = prefix_of(name_) + random_text();
        file_ = Fd(::openat(folder_.get(), beside_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (file_) continue;
        const int error = errno;
        beside_.clear();
        errno = error;
        if (error != EEXIST) throw SystemError("cannot write {}", quoted(path_));
        // Before it was locked, another command may have taken it for a leftover.
    } while (!file_ || !is_locked_and_there(file_));
}

void OutputFile::remove_leftovers() const {
    const Fd folder(::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return;
    const std::string prefix = prefix_of(name_);
    for (const FolderEntry& entry : list_folder(folder)) {
        if (entry.name.size() != prefix.size() + random_letters || !entry.name.starts_with(prefix)) continue;
        const Fd left(::openat(folder.get(), entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (left && is_leftover(left)) ::unlinkat(folder.get(), entry.name.c_str(), 0);
    }
}

void OutputFile::copy_to_target() {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) throw SystemError("cannot read what goes to {}", quoted(path_));
    FileSource source(std::move(file_), path_);
    FileSink sink(std::move(target_), path_);
    copy_all(source, sink);
}

void OutputFile::finish() {
    if (target_) return copy_to_target();
    if (beside_.empty()) return;
    if (::fsync(file_.get()) != 0) throw SystemError("cannot flush {}", quoted(path_));
    if (::renameat(folder_.get(), beside_.c_str(), folder_.get(), name_.c_str()) != 0)
        throw SystemError("cannot put {} in its place", quoted(path_));
    beside_.clear();
}

namespace {

void write_output(OutputFile output, std::string_view text) {
    write_all(output.file(), text, output.path());
    output.finish();
}

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode) {
    write_output(OutputFile(path, {.mode = mode}), text);
}

void replace_own_file(const std::string& path, std::string_view text, mode_t mode) {
    write_output(OutputFile(path, {.mode = mode, .replaces_links = true}), text);
}

}  // namespace runtime
