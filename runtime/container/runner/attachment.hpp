// A container in the foreground: the signals and, where it has one, the terminal of this process are its own.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <string>

#include "runtime/container/runner/runner.hpp"

namespace runtime {

/// From its construction on, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are for the container. To be made
/// before the container is started, in a program with one thread. Leaving the scope restores the terminal and the
/// signal mask.
class Attachment {
public:
    Attachment();
    ~Attachment();
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    /// Waits for the container's end. A signal that it does not handle ends it, as it would end a program in the
    /// foreground; a second one ends it whatever it handles. With a terminal, standard input and output are
    /// connected to it: raw, with its size following that of this process's terminal.
    ContainerResult wait(RunningContainer& container);

    std::function<void()> on_set_up;          ///< called once its mounts are made
    std::function<void()> on_end;             ///< called when it has ended, before what it changed is used
    std::function<void(const Fd&)> on_start;  ///< told of the pidfd of the first process, as soon as there is one

private:
    void take_signal(RunningContainer& container);
    void connect_terminal(const Fd& terminal);
    void copy_size(const Fd& terminal) const;
    void read_input();
    void end_input();
    void repeat_end(const Fd& terminal);
    void send_input(const Fd& terminal);
    bool relay_output(const Fd& terminal);
    void make_raw();

    Fd signals_;
    sigset_t before_{};
    struct Settings;
    std::unique_ptr<Settings> settings_;  ///< of the terminal, as they were
    bool connected_ = false;
    bool started_ = false;
    bool is_set_up_ = false;
    bool input_open_ = true;
    bool ends_line_ = true;  ///< what was read last, or nothing was
    std::string unsent_;     ///< input that the terminal has not taken yet
    int forwarded_ = 0;
};

}  // namespace runtime
