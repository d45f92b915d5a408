// Locks between processes: open file description locks, fcntl(2).
#pragma once

#include <string>
#include <string_view>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// A lock file, open, with the lock on it. Lock files lie where only this program looks and are not removed while
/// anybody may want them, so that all who lock one name lock one file. The lock ends when the last copy of the
/// descriptor is closed, by the end of the process at the latest. Where a lock is changed into one of the other kind
/// and that fails, the lock stays what it was, which flock(2) does not promise. The time of the file is when it was
/// locked last, to the hour.
class FileLock {
public:
    enum class Kind { shared, exclusive };

    FileLock() = default;
    /// Opens the file, makes it where it is missing, and locks nothing yet. On a file system that is read-only it can
    /// be locked shared only. Throws SystemError.
    explicit FileLock(const std::string& path);

    explicit operator bool() const noexcept { return static_cast<bool>(file_); }

    /// Whether nobody stood against it. Throws SystemError where there are no locks.
    bool try_lock(Kind kind) const;
    /// Waits.
    void lock(Kind kind) const;
    /// Waits till stop is asked for; then throws as StopSource::throw_if_stopped() does.
    void lock(Kind kind, const StopSource& stop) const;
    void unlock() const;
    /// Whether its path still leads to this file: who had the lock before may have removed it.
    bool is_current() const;
    /// Ends the lock and closes the file.
    void reset() noexcept { file_.reset(); }

private:
    bool set(int command, short type) const;
    Fd file_;
    std::string path_;
};

/// For folders of the user that have no place for a lock file: takes LOCK_SH or LOCK_EX of flock(2), trying again every
/// 50 ms as long as somebody else holds it. A stop that is asked for ends the wait: throws as
/// StopSource::throw_if_stopped() does. Throws SystemError where there are no locks.
void lock_or_stop(const Fd& file, int operation, const StopSource& stop, std::string_view name_for_messages);

}  // namespace runtime
