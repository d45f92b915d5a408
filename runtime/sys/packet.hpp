// Packets with file descriptors over a SOCK_SEQPACKET socket, unix(7).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

struct Packet {
    std::string bytes;
    std::vector<Fd> descriptors;
};

/// Sends one packet; throws SystemError. Descriptors stay with the caller. At most 200 of them and 64 KiB of bytes.
void send_packet(const Fd& socket, std::string_view bytes, const std::vector<const Fd*>& descriptors = {});

/// Waits for the next packet; nothing at the end of the stream (the other side is gone).
std::optional<Packet> receive_packet(const Fd& socket);

}  // namespace runtime
