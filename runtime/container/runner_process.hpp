// What runs inside the runner process.
#pragma once

#include <string>

#include "runtime/base/pack.hpp"
#include "runtime/container/exit_report.hpp"
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
    Packer packer;
    packer(value);
    send_packet(socket, static_cast<char>(kind) + packer.bytes());
}

/// Sends StatusMessage::process.
void send_process(const Fd& status, const Fd& handle);

/// Serves requests until the other end of the control socket is closed. Returns the exit code of the process.
/// First of all it sends RunnerGreeting::ready. Without mounts of its own the runner makes emulated containers only.
int serve_containers(const Fd& control, bool has_mounts) noexcept;

/// Whether this process is in a user namespace other than the first one.
bool in_user_namespace();

/// A child in new namespaces, made by clone3(2). In the child it returns 0.
struct ClonedProcess {
    pid_t pid = -1;
    Fd handle;  ///< a pidfd
};
ClonedProcess clone_process(std::uint64_t flags);

}  // namespace runtime
