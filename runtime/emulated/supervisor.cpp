#include "runtime/emulated/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "runtime/base/error.hpp"

namespace runtime::emulated {

Supervisor::Supervisor(Emulation& container)
    : container_(container), tracer_(container, [this](pid_t thread) { return wait_for(thread); }) {
    sigset_t all;
    ::sigfillset(&all);
    signals_ = Fd(::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) throw SystemError("cannot watch for signals");
}

void Supervisor::adopt(pid_t first, Process process) {
    first_ = first;
    container_.first = first;
    tracer_.seize(first);
    container_.processes.start(first, std::move(process));
}

int Supervisor::serve(Fd listener, int end_signal, rusage& usage) {
    listener_.emplace(std::move(listener));
    end_signal_ = end_signal;
    for (;;) {
        take_ended();
        if (status_) break;
        wait_for_work();
    }
    end_all();
    usage = usage_;
    return *status_;
}

void Supervisor::wait_for_work() {
    std::array<pollfd, 2> polled = {pollfd{listener_->descriptor().get(), POLLIN, 0},
                                    pollfd{signals_.get(), POLLIN, 0}};
    const int found = ::poll(polled.data(), polled.size(), container_.late.next_check_milliseconds());
    if (found == 0) container_.late.check();
    if (found <= 0) return;
    if ((polled[0].revents & POLLIN) != 0) answer_one();
    // Nobody is left under the filter: only the end of the last one is still to come.
    if ((polled[0].revents & (POLLHUP | POLLERR)) != 0) {
        pollfd signals{signals_.get(), POLLIN, 0};
        ::poll(&signals, 1, -1);
    }
    if (polled[1].revents != 0) take_signals();
}

void Supervisor::take_ended() {
    for (;;) {
        int status = 0;
        rusage usage{};
        const pid_t thread = ::wait4(-1, &status, __WALL | WNOHANG, &usage);
        if (thread <= 0) return;
        tracer_.handle(thread, status);
        if (thread != first_ || WIFSTOPPED(status)) continue;
        status_ = status;
        usage_ = usage;
    }
}

void Supervisor::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
        const int signal = static_cast<int>(info.ssi_signo);
        if (signal == SIGCHLD) continue;
        if (!status_) ::kill(first_, signal == end_signal_ ? SIGKILL : signal);
    }
}

/// For the tracer, which needs this thread to come to its next stop and nothing else to happen to it.
int Supervisor::wait_for(pid_t thread) {
    for (;;) {
        int status = 0;
        rusage usage{};
        const pid_t found = ::wait4(thread, &status, __WALL | WNOHANG, &usage);
        if (found < 0) return 0;
        if (found == thread) {
            if (thread == first_ && !WIFSTOPPED(status)) {
                status_ = status;
                usage_ = usage;
            }
            return status;
        }
        wait_for_work();
    }
}

void Supervisor::answer_one() {
    if (const auto question = listener_->receive()) answer(*question);
}

void Supervisor::answer(const seccomp_notif& question) {
    const auto thread = static_cast<pid_t>(question.pid);
    if (const Fd* const file = tracer_.file_to_open(thread)) return open_for_tracer(question, *file);
    try {
        const auto found = all_calls().find(question.data.nr);
        if (found == all_calls().end()) throw Refusal{ENOSYS};
        const auto& args = question.data.args;
        const Call call{container_,
                        *listener_,
                        question.id,
                        question.data.nr,
                        thread,
                        {args[0], args[1], args[2], args[3], args[4], args[5]},
                        container_.processes.of(thread),
                        Memory(thread)};
        const Reply reply = found->second(call);
        if (reply.is_later) return;
        if (reply.passes) return listener_->let_pass(question.id);
        if (reply.file) return listener_->answer_with(question.id, reply.file, reply.close_on_exec);
        listener_->answer(question.id, reply.value, 0);
    } catch (const Refusal& refusal) {
        listener_->answer(question.id, 0, refusal.number);
    } catch (const SystemError& error) {
        listener_->answer(question.id, 0, error.number());
    } catch (const std::exception&) {
        listener_->answer(question.id, 0, EIO);
    }
}

void Supervisor::open_for_tracer(const seccomp_notif& question, const Fd& file) {
    const int number = listener_->add(question.id, file, true);
    if (number >= 0) tracer_.note_opened(static_cast<pid_t>(question.pid), number);
    listener_->answer(question.id, number, number < 0 ? -number : 0);
}

/// The first process has ended, and with it the container.
void Supervisor::end_all() {
    for (;;) {
        for (const auto& [thread, process] : container_.processes.threads()) ::kill(process->number, SIGKILL);
        int status = 0;
        const pid_t thread = ::waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR) continue;
        if (thread < 0) return;
        tracer_.handle(thread, status);
    }
}

}  // namespace runtime::emulated
