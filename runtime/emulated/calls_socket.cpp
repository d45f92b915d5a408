// Local sockets: socket(2), socketpair(2), bind(2), connect(2), getsockname(2). Those of networks are the kernel's.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>

#include "runtime/emulated/emulation.hpp"
#include "runtime/emulated/new_file.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

/// With what is no local socket of a step the kernel can go on: there is none that it could look a path up for.
Reply pass() {
    Reply reply;
    reply.passes = true;
    return reply;
}

Reply make_socket(const Call& call) {
    Reply reply;
    reply.file = call.container.sockets.make_stand_in(call.flags(1));
    reply.close_on_exec = (call.flags(1) & SOCK_CLOEXEC) != 0;
    return reply;
}

Reply make_pair(const Call& call) {
    if (call.flags(0) != AF_UNIX) return pass();
    const SocketPair pair = Sockets::make_pair(call.flags(1));
    const bool close_on_exec = (call.flags(1) & SOCK_CLOEXEC) != 0;
    std::array<int, 2> numbers{};
    numbers[0] = call.listener.add(call.question, pair.first, close_on_exec);
    if (numbers[0] < 0) throw Refusal{-numbers[0]};
    numbers[1] = call.listener.add(call.question, pair.second, close_on_exec);
    if (numbers[1] < 0) throw Refusal{-numbers[1]};
    call.memory.write(call.given[3], numbers.data(), sizeof numbers);
    return {};
}

/// The address as it was given, its family first.
std::string read_address(const Call& call) {
    const std::uint64_t size = call.given[2];
    if (size > sizeof(sockaddr_storage)) throw Refusal{EINVAL};
    std::string address(size, '\0');
    call.memory.read(call.given[1], address.data(), address.size());
    return address;
}

bool is_local(const std::string& address) {
    sa_family_t family = AF_UNSPEC;
    if (address.size() < sizeof family) return false;
    std::memcpy(&family, address.data(), sizeof family);
    return family == AF_UNIX;
}

/// Addresses that are no paths belong to the network.
bool is_abstract(const std::string& address) {
    return address.size() <= path_offset || address[path_offset] == '\0';
}

ino_t number_of(const Call& call) {
    struct stat status {};
    if (::stat(fmt::format("/proc/{}/fd/{}", call.thread, call.descriptor(0)).c_str(), &status) != 0)
        throw Refusal{EBADF};
    if (!S_ISSOCK(status.st_mode)) throw Refusal{ENOTSOCK};
    return status.st_ino;
}

bool closes_on_exec(const Call& call) {
    const auto facts = read_file_if_exists(fmt::format("/proc/{}/fdinfo/{}", call.thread, call.descriptor(0)));
    int flags = 0;
    const auto line = facts ? facts->find("flags:\t") : std::string::npos;
    if (line != std::string::npos) std::from_chars(facts->data() + line + 7, facts->data() + facts->size(), flags, 8);
    return (flags & O_CLOEXEC) != 0;
}

/// An address of this process's, for a place or of the network.
struct OwnAddress {
    sockaddr_un value{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

OwnAddress address_for(const std::string& path) {
    OwnAddress address;
    address.value.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.value.sun_path) throw Refusal{ENAMETOOLONG};
    std::memcpy(address.value.sun_path, path.data(), path.size());
    address.size = static_cast<socklen_t>(path_offset + path.size() + 1);
    return address;
}

OwnAddress address_of_network(const std::string& given) {
    OwnAddress address;
    if (given.size() > sizeof address.value) throw Refusal{EINVAL};
    std::memcpy(&address.value, given.data(), given.size());
    address.size = static_cast<socklen_t>(given.size());
    return address;
}

std::string path_in(const std::string& address) {
    return std::string(address.substr(path_offset).c_str());
}

/// The real socket takes the place of what stood for it.
void put(const Listener& listener, std::uint64_t question, const Fd& real, int descriptor, bool close_on_exec,
         bool waits) {
    if (waits) ::fcntl(real.get(), F_SETFL, ::fcntl(real.get(), F_GETFL) & ~O_NONBLOCK);
    if (const int number = listener.replace(question, real, descriptor, close_on_exec); number < 0)
        throw Refusal{-number};
}

const Sockets::Wanted& wanted_by(const Call& call, ino_t number, int refusal) {
    const Sockets::Wanted* const wanted = call.container.sockets.find(number);
    if (wanted == nullptr) throw Refusal{refusal};
    return *wanted;
}

bool waits(const Sockets::Wanted& wanted) {
    return (::fcntl(wanted.stand_in.get(), F_GETFL) & O_NONBLOCK) == 0;
}

Reply bind_socket(const Call& call) {
    const std::string given = read_address(call);
    if (!is_local(given)) return pass();
    const ino_t number = number_of(call);
    const Sockets::Wanted& wanted = wanted_by(call, number, EINVAL);
    const Fd real = Sockets::make_real(wanted);
    if (is_abstract(given)) {
        const OwnAddress address = address_of_network(given);
        checked(::bind(real.get(), address.get(), address.size));
    } else {
        const Place place =
            call.container.paths.find(call.thread, call.process, AT_FDCWD, path_in(given), LastLink::kept);
        if (place.name.empty()) throw Refusal{EADDRINUSE};
        require_writable(call, place);
        const OwnAddress address = address_for(fd_path(place.folder) + "/" + place.name);
        checked(::bind(real.get(), address.get(), address.size));
        const mode_t mode = 0777 & ~call.process.mask;
        if (const int error = set_mode_at(place.folder, place.name, real_mode(S_IFSOCK, mode)); error != 0)
            throw Refusal{error};
        own_new_file(call, place, S_IFSOCK | mode);
    }
    call.container.sockets.note_address(real, given);
    // One that listens can be connected to nothing.
    checked(::listen(real.get(), SOMAXCONN));
    put(call.listener, call.question, real, call.descriptor(0), closes_on_exec(call), waits(wanted));
    call.container.sockets.forget(number);
    return {};
}

Reply connect_socket(const Call& call) {
    const std::string given = read_address(call);
    if (!is_local(given)) return pass();
    const ino_t number = number_of(call);
    const Sockets::Wanted& wanted = wanted_by(call, number, EISCONN);
    auto folder = std::make_shared<Fd>();
    OwnAddress address;
    if (is_abstract(given)) {
        if (!call.container.has_network) throw Refusal{ECONNREFUSED};
        address = address_of_network(given);
    } else {
        Place place =
            call.container.paths.find(call.thread, call.process, AT_FDCWD, path_in(given), LastLink::followed);
        if (!S_ISSOCK(status_of(place).st_mode)) throw Refusal{ECONNREFUSED};
        *folder = open_place(place, O_PATH);
        address = address_for(fd_path(*folder));
    }
    auto real = std::make_shared<Fd>(Sockets::make_real(wanted));
    sockaddr_un none{};
    none.sun_family = AF_UNIX;
    checked(::bind(real->get(), reinterpret_cast<const sockaddr*>(&none), path_offset));
    const int descriptor = call.descriptor(0);
    const bool close_on_exec = closes_on_exec(call);
    if (::connect(real->get(), address.get(), address.size) == 0) {
        put(call.listener, call.question, *real, descriptor, close_on_exec, waits(wanted));
        call.container.sockets.forget(number);
        return {};
    }
    if (errno != EAGAIN || !waits(wanted)) throw Refusal{errno};
    // Whom it is for has no room for another one yet.
    call.container.late.start(call.listener, call.question, call.thread,
                              [=, &listener = call.listener, question = call.question] {
                                  ::fcntl(real->get(), F_SETFL, ::fcntl(real->get(), F_GETFL) & ~O_NONBLOCK);
                                  [[maybe_unused]] const auto kept = folder;
                                  checked(::connect(real->get(), address.get(), address.size));
                                  put(listener, question, *real, descriptor, close_on_exec, true);
                                  return LateAnswers::Given{};
                              });
    Reply reply;
    reply.is_later = true;
    return reply;
}

Reply tell_address(const Call& call) {
    const std::string* const address = call.container.sockets.address_of(number_of(call));
    if (address == nullptr) return pass();
    const auto room = call.memory.value<socklen_t>(call.given[2]);
    const auto size = static_cast<socklen_t>(address->size());
    call.memory.write(call.given[1], address->data(), std::min(room, size));
    call.memory.write(call.given[2], &size, sizeof size);
    return {};
}

}  // namespace

void add_socket_calls(CallTable& table) {
    table[SYS_socket] = make_socket;
    table[SYS_socketpair] = make_pair;
    table[SYS_bind] = bind_socket;
    table[SYS_connect] = connect_socket;
    table[SYS_getsockname] = tell_address;
}

}  // namespace runtime::emulated
