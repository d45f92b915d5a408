// What runs inside the runner process.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// The kinds of message on a container's status socket; the first byte of each.
enum class StatusMessage : char {
    process = 'P',     ///< a pidfd of the container's first process
    terminal = 'T',    ///< the descriptor of the controlling end of its terminal
    made_paths = 'M',  ///< mount points that were made, packed
    failure = 'F',     ///< the container could not be started: step, message, hint, exit code, packed
    exited = 'X',      ///< ExitReport, packed; the last message
    kill = 'K',        ///< towards the runner: a signal number, packed
};

struct ExitReport {
    int exit_code = 0;
    int signal = 0;
    std::int64_t user_microseconds = 0;
    std::int64_t system_microseconds = 0;
    std::int64_t peak_memory_bytes = 0;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(exit_code, signal, user_microseconds, system_microseconds, peak_memory_bytes);
    }
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

/// Serves requests until the other end of the control socket is closed. Returns the exit code of the process.
int serve_containers(const Fd& control) noexcept;

/// A child in new namespaces, made by clone3(2). In the child it returns 0.
struct ClonedProcess {
    pid_t pid = -1;
    Fd handle;  ///< a pidfd
};
ClonedProcess clone_process(std::uint64_t flags);

}  // namespace runtime
