#include "runtime/sys/packet.hpp"

#include <sys/socket.h>

#include <cstring>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

constexpr std::size_t most_descriptors = 200;
constexpr std::size_t most_bytes = 64 * 1024;

void attach_descriptors(msghdr& message, std::vector<char>& control, const std::vector<const Fd*>& descriptors) {
    control.resize(CMSG_SPACE(descriptors.size() * sizeof(int)));
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        const int number = descriptors[i]->get();
        std::memcpy(CMSG_DATA(header) + i * sizeof number, &number, sizeof number);
    }
}

void take_descriptors(msghdr& message, std::vector<Fd>& descriptors) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(header) + i * sizeof number, sizeof number);
            descriptors.emplace_back(number);
        }
    }
}

}  // namespace

void send_packet(const Fd& socket, std::string_view bytes, const std::vector<const Fd*>& descriptors) {
    if (bytes.size() > most_bytes || descriptors.size() > most_descriptors)
        throw Error("a message between two processes of the program is too large");
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    std::vector<char> control;
    if (!descriptors.empty()) attach_descriptors(message, control, descriptors);
    while (::sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR) throw SystemError("cannot send a message to another process of the program");
}

std::optional<Packet> receive_packet(const Fd& socket) {
    Packet packet;
    packet.bytes.resize(most_bytes);
    std::vector<char> control(CMSG_SPACE(most_descriptors * sizeof(int)));
    iovec part{packet.bytes.data(), packet.bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t count = 0;
    while ((count = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC)) < 0)
        if (errno == ECONNRESET)
            return std::nullopt;
        else if (errno != EINTR)
            throw SystemError("cannot receive a message from another process of the program");
    if (count == 0) return std::nullopt;
    packet.bytes.resize(static_cast<std::size_t>(count));
    take_descriptors(message, packet.descriptors);
    return packet;
}

}  // namespace runtime
