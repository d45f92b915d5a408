#include "runtime/sys/fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "runtime/base/error.hpp"

namespace runtime {

void Fd::reset() noexcept {
    // Never retried: the number is gone even on EINTR.
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Fd Fd::duplicate() const {
    Fd copy(::fcntl(number_, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw SystemError("cannot duplicate a file descriptor");
    return copy;
}

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw SystemError("cannot make a pipe");
    return {Fd(ends[0]), Fd(ends[1])};
}

SocketPair make_packet_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw SystemError("cannot make a socket pair");
    return {Fd(ends[0]), Fd(ends[1])};
}

std::string fd_path(const Fd& fd) {
    return fmt::format("/proc/self/fd/{}", fd.get());
}

}  // namespace runtime
