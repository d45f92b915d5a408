#include "runtime/sys/file_lock.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <ctime>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr int pause_milliseconds = 50;

void pause(const StopSource& stop) {
    pollfd wait{stop.descriptor().get(), POLLIN, 0};
    ::poll(&wait, 1, pause_milliseconds);
    stop.throw_if_stopped();
}

/// To the hour: who takes a lock again and again writes nothing.
void note_use(const Fd& file) {
    constexpr std::int64_t often_seconds = 60 * 60;
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && ::time(nullptr) - status.st_mtim.tv_sec >= often_seconds)
        ::futimens(file.get(), nullptr);
}

short type_of(FileLock::Kind kind) noexcept {
    return kind == FileLock::Kind::shared ? F_RDLCK : F_WRLCK;
}

}  // namespace

FileLock::FileLock(const std::string& path)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)), path_(path) {
    if (!file_ && errno == EROFS) file_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file_) throw SystemError("cannot open {}", quoted(path));
}

/// False where somebody else holds a lock that stands against it, and the command does not wait.
bool FileLock::set(int command, short type) const {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    while (::fcntl(file_.get(), command, &lock) != 0) {
        if (errno == EINTR) continue;
        // EBADF: a file that is open for reading only takes no exclusive lock.
        if (command == F_OFD_SETLK && (errno == EAGAIN || errno == EACCES || errno == EBADF)) return false;
        throw SystemError("cannot lock {}", quoted(path_));
    }
    if (type != F_UNLCK) note_use(file_);
    return true;
}

bool FileLock::try_lock(Kind kind) const {
    return set(F_OFD_SETLK, type_of(kind));
}

void FileLock::lock(Kind kind) const {
    set(F_OFD_SETLKW, type_of(kind));
}

void FileLock::lock(Kind kind, const StopSource& stop) const {
    while (!try_lock(kind)) pause(stop);
}

bool FileLock::is_current() const {
    struct stat now {};
    const struct stat own = stat_of(file_);
    return ::lstat(path_.c_str(), &now) == 0 && now.st_dev == own.st_dev && now.st_ino == own.st_ino;
}

void FileLock::unlock() const {
    set(F_OFD_SETLK, F_UNLCK);
}

void lock_or_stop(const Fd& file, int operation, const StopSource& stop, std::string_view name_for_messages) {
    while (::flock(file.get(), operation | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw SystemError("cannot lock {}", name_for_messages);
        pause(stop);
    }
}

}  // namespace runtime
