// File descriptors and their owner. Raw numbers live in runtime/sys only.
#pragma once

#include <string>
#include <utility>

namespace runtime {

/// Owns one file descriptor, or none.
class Fd {
public:
    explicit Fd(int number = -1) noexcept : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    int release() noexcept { return std::exchange(number_, -1); }
    void reset() noexcept;
    /// A second descriptor of the same open file, close-on-exec. Throws SystemError.
    Fd duplicate() const;

private:
    int number_;
};

struct Pipe {
    Fd read_end;
    Fd write_end;
};

/// A pipe with both ends close-on-exec. Throws SystemError.
Pipe make_pipe();

struct SocketPair {
    Fd first;
    Fd second;
};

/// Two connected SOCK_SEQPACKET sockets, close-on-exec. Throws SystemError.
SocketPair make_packet_pair();

/// "/proc/self/fd/N": a path to what the descriptor is, for the calls that take only paths.
std::string fd_path(const Fd& fd);

}  // namespace runtime
