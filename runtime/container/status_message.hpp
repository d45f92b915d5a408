// What is said about a container on its status socket: by the runner and by the process that becomes the container.
#pragma once

#include <string>

#include "runtime/base/pack.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {

/// The kinds of message on a container's status socket; the first byte of each.
enum class StatusMessage : char {
    process = 'P',     ///< a pidfd of the container's first process
    terminal = 'T',    ///< the descriptor of the controlling end of its terminal
    sockets = 'W',     ///< the descriptor of watch_for_sockets()
    made_paths = 'M',  ///< mount points that were made, packed
    failure = 'F',     ///< the container could not be started: step, message, hint, exit code, packed
    exited = 'X',      ///< ExitReport, packed; the last message
    kill = 'K',        ///< towards the runner: a signal number, packed
};

struct FailureReport {
    std::string step;
    std::string message;
    std::string hint;
    int exit_code = 125;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(step, message, hint, exit_code);
    }
};

/// Sends a message with a value.
template <typename Value>
void send_message(const Fd& socket, StatusMessage kind, Value& value) {
    PackWriter writer;
    writer(value);
    send_packet(socket, static_cast<char>(kind) + writer.bytes());
}

/// Sends StatusMessage::process.
void send_process(const Fd& status, const Fd& handle);

}  // namespace runtime
