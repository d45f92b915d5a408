#include "runtime/sys/file_lock.hpp"

#include <poll.h>
#include <sys/file.h>

#include "runtime/base/error.hpp"

namespace runtime {

void lock_or_stop(const Fd& file, int operation, const StopSource& stop, std::string_view name_for_messages) {
    constexpr int pause_milliseconds = 50;
    while (::flock(file.get(), operation | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw SystemError("cannot lock {}", name_for_messages);
        pollfd wait{stop.descriptor().get(), POLLIN, 0};
        ::poll(&wait, 1, pause_milliseconds);
        stop.throw_if_stopped();
    }
}

}  // namespace runtime
