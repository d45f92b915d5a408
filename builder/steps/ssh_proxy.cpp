#include "builder/steps/ssh_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Fd;
using runtime::quoted;

// Message numbers, draft-miller-ssh-agent, section 5.1.
constexpr unsigned char request_identities = 11;
constexpr unsigned char sign_request = 13;
constexpr std::array<unsigned char, 5> failure = {0, 0, 0, 1, 5};
constexpr std::size_t message_limit_bytes = 256 * 1024;
constexpr std::size_t most_connections = 64;
/// A message that has begun has to end within this time, or its connection is dropped.
constexpr timeval message_timeout{30, 0};

Fd make_socket() {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw runtime::SystemError("cannot make a socket");
    return socket;
}

/// The address of a path of any length: sockets take only short ones, a descriptor of the folder makes it short.
struct Address {
    explicit Address(const std::string& path)
        : folder(runtime::open_path(path.substr(0, path.rfind('/') + 1), O_PATH | O_DIRECTORY)) {
        const std::string short_path = runtime::fd_path(folder) + path.substr(path.rfind('/'));
        if (short_path.size() >= sizeof address.sun_path)
            throw runtime::Error("the name of the socket {} is too long", quoted(path));
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, short_path.c_str(), short_path.size() + 1);
    }
    const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address); }
    Fd folder;
    sockaddr_un address{};
};

std::string absolute(const std::string& path) {
    return path.starts_with("/") ? path : "./" + path;
}

Fd connect_to(const std::string& path) {
    Fd socket = make_socket();
    const Address address(absolute(path));
    if (::connect(socket.get(), address.get(), sizeof address.address) != 0)
        throw runtime::SystemError("cannot reach the SSH agent at {}", quoted(path));
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
        ::setsockopt(socket.get(), SOL_SOCKET, option, &message_timeout, sizeof message_timeout);
    return socket;
}

bool read_all(const Fd& socket, unsigned char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t count = ::recv(socket.get(), data, size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        data += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

bool send_all(const Fd& socket, const unsigned char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t count = ::send(socket.get(), data, size, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        data += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

/// A message with its length in front; nothing where the other side is gone or says nonsense.
std::optional<std::vector<unsigned char>> receive_message(const Fd& socket) {
    std::vector<unsigned char> message(4);
    if (!read_all(socket, message.data(), 4)) return std::nullopt;
    const std::size_t size = (std::size_t{message[0]} << 24U) | (std::size_t{message[1]} << 16U) |
                             (std::size_t{message[2]} << 8U) | message[3];
    if (size == 0 || size > message_limit_bytes) return std::nullopt;
    message.resize(4 + size);
    if (!read_all(socket, message.data() + 4, size)) return std::nullopt;
    return message;
}

struct Connection {
    Fd step;
    Fd agent;
};

/// Passes one question and its answer; false where the connection is over.
bool relay(const Connection& connection) {
    const auto question = receive_message(connection.step);
    if (!question) return false;
    const unsigned char kind = (*question)[4];
    if (kind != request_identities && kind != sign_request)
        return send_all(connection.step, failure.data(), failure.size());
    if (!send_all(connection.agent, question->data(), question->size())) return false;
    const auto answer = receive_message(connection.agent);
    return answer && send_all(connection.step, answer->data(), answer->size());
}

}  // namespace

SshProxy::SshProxy(const Socket& socket, std::string agent_path)
    : path_(socket.path),
      agent_path_(std::move(agent_path)),
      listener_(make_socket()),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
    static_cast<void>(connect_to(agent_path_));
    const Address address(path_);
    if (::bind(listener_.get(), address.get(), sizeof address.address) != 0 || ::listen(listener_.get(), 16) != 0)
        throw runtime::SystemError("cannot listen at {}", quoted(path_));
    if (::chown(path_.c_str(), socket.uid, socket.gid) != 0 || ::chmod(path_.c_str(), socket.mode) != 0)
        throw runtime::SystemError("cannot set owner and mode of {}", quoted(path_));
    thread_ = std::thread([this] { serve(); });
}

SshProxy::~SshProxy() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(stop_.get(), &one, sizeof one));
    thread_.join();
    ::unlink(path_.c_str());
}

void SshProxy::serve() noexcept {
    std::vector<Connection> connections;
    for (;;) {
        std::vector<pollfd> watched = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const Connection& connection : connections) watched.push_back({connection.step.get(), POLLIN, 0});
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (watched[0].revents != 0) return;
        for (std::size_t i = connections.size(); i-- > 0;)
            if (watched[i + 2].revents != 0 && !relay(connections[i]))
                connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
        if (watched[1].revents == 0) continue;
        Fd step(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        // More than any client needs: what is over it is closed, and the agent never hears of it.
        if (!step || connections.size() >= most_connections) continue;
        ::setsockopt(step.get(), SOL_SOCKET, SO_RCVTIMEO, &message_timeout, sizeof message_timeout);
        try {
            connections.push_back({std::move(step), connect_to(agent_path_)});
        } catch (const runtime::Error&) {
            // The agent has gone: the step sees its connection closed.
        }
    }
}

}  // namespace builder
