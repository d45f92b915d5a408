#include "runtime/container/status_message.hpp"

namespace runtime {

void send_process(const Fd& status, const Fd& handle) {
    send_packet(status, std::string(1, static_cast<char>(StatusMessage::process)), {&handle});
}

}  // namespace runtime
