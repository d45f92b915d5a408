#include "runtime/emulated/sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstddef>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr int flags_of_type = SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr std::size_t most = 256;

/// An address that the kernel chooses; a socket has one only.
void give_address(const Fd& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    checked(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), offsetof(sockaddr_un, sun_path)));
}

ino_t number_of(const Fd& socket) {
    struct stat status {};
    checked(::fstat(socket.get(), &status));
    return status.st_ino;
}

template <typename Value>
void copy_option(const Fd& from, const Fd& to, int option) {
    Value value{};
    socklen_t size = sizeof value;
    if (::getsockopt(from.get(), SOL_SOCKET, option, &value, &size) == 0)
        ::setsockopt(to.get(), SOL_SOCKET, option, &value, size);
}

}  // namespace

SocketPair Sockets::make_pair(int type) {
    const int kind = type & ~flags_of_type;
    int numbers[2] = {-1, -1};
    checked(::socketpair(
        AF_UNIX,
        (kind == SOCK_DGRAM || kind == SOCK_RAW ? SOCK_SEQPACKET : kind) | SOCK_CLOEXEC | (type & SOCK_NONBLOCK), 0,
        numbers));
    SocketPair pair{Fd(numbers[0]), Fd(numbers[1])};
    give_address(pair.first);
    give_address(pair.second);
    return pair;
}

Fd Sockets::make_stand_in(int type) {
    SocketPair pair = make_pair(type);
    if (wanted_.size() >= most) wanted_.erase(wanted_.begin());
    wanted_.insert_or_assign(number_of(pair.first), Wanted{pair.first.duplicate(), type & ~flags_of_type});
    return std::move(pair.first);
}

const Sockets::Wanted* Sockets::find(ino_t number) const {
    const auto found = wanted_.find(number);
    return found == wanted_.end() ? nullptr : &found->second;
}

Fd Sockets::make_real(const Wanted& wanted) {
    // Whoever has one that takes datagrams could send them to any path.
    if (wanted.type != SOCK_STREAM && wanted.type != SOCK_SEQPACKET) throw Refusal{EPROTOTYPE};
    Fd made(checked(::socket(AF_UNIX, wanted.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    for (const int option : {SO_PASSCRED, SO_RCVBUF, SO_SNDBUF}) copy_option<int>(wanted.stand_in, made, option);
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) copy_option<timeval>(wanted.stand_in, made, option);
    return made;
}

void Sockets::note_address(const Fd& socket, std::string address) {
    if (addresses_.size() >= most) addresses_.erase(addresses_.begin());
    addresses_.insert_or_assign(number_of(socket), std::move(address));
}

const std::string* Sockets::address_of(ino_t number) const {
    const auto found = addresses_.find(number);
    return found == addresses_.end() ? nullptr : &found->second;
}

}  // namespace runtime::emulated
