#include "runtime/emulated/late_answers.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/ioctl.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <string>
#include <thread>

#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

constexpr int check_milliseconds = 20;
/// ERESTARTSYS of the kernel: the call is begun again after the signal, or fails with EINTR, as the handler wants it.
constexpr int begin_again = 512;

void allow_wake_up_signal() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGUSR1);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::uint64_t signals_in(const std::string& status, std::string_view name) {
    const auto line = status.find(fmt::format("\n{}:\t", name));
    std::uint64_t value = 0;
    if (line != std::string::npos) {
        const char* const start = status.data() + line + name.size() + 3;
        std::from_chars(start, status.data() + status.size(), value, 16);
    }
    return value;
}

/// Whether a signal waits for a thread that it does not block or ignore. proc(5)
bool has_signal(pid_t thread) {
    const std::string status = read_file_if_exists(fmt::format("/proc/{}/status", thread)).value_or("");
    std::uint64_t ignored = signals_in(status, "SigIgn");
    for (const int number : {SIGCHLD, SIGCONT, SIGURG, SIGWINCH}) ignored |= std::uint64_t{1} << (number - 1);
    ignored &= ~signals_in(status, "SigCgt");
    const std::uint64_t waiting = signals_in(status, "SigPnd") | signals_in(status, "ShdPnd");
    return (waiting & ~signals_in(status, "SigBlk") & ~ignored) != 0;
}

bool is_gone(const Listener& listener, std::uint64_t question) {
    return ::ioctl(listener.descriptor().get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &question) != 0;
}

}  // namespace

struct LateAnswers::Waiting {
    const Listener& listener;
    std::uint64_t question;
    pid_t thread;
    std::function<Given()> perform;
    pthread_t worker{};
    std::atomic<bool> is_done = false;

    void work() noexcept {
        allow_wake_up_signal();
        try {
            const Given given = perform();
            given.file ? listener.answer_with(question, given.file, given.close_on_exec)
                       : listener.answer(question, 0, 0);
        } catch (const Refusal& refusal) {
            listener.answer(question, 0, refusal.number == EINTR ? begin_again : refusal.number);
        } catch (const std::exception&) {
            listener.answer(question, 0, EIO);
        }
        is_done = true;
    }
};

void LateAnswers::start(const Listener& listener, std::uint64_t question, pid_t thread,
                        std::function<Given()> perform) {
    auto waiting = std::make_shared<Waiting>(listener, question, thread, std::move(perform));
    std::thread worker([waiting] { waiting->work(); });
    waiting->worker = worker.native_handle();
    worker.detach();
    waiting_.push_back(std::move(waiting));
}

int LateAnswers::next_check_milliseconds() const noexcept {
    return waiting_.empty() ? -1 : check_milliseconds;
}

void LateAnswers::check() {
    for (auto one = waiting_.begin(); one != waiting_.end();) {
        Waiting& waiting = **one;
        if (waiting.is_done) {
            one = waiting_.erase(one);
            continue;
        }
        // Where it comes a moment too early, the next check sends it again.
        if (is_gone(waiting.listener, waiting.question) || has_signal(waiting.thread))
            ::pthread_kill(waiting.worker, SIGUSR1);
        ++one;
    }
}

}  // namespace runtime::emulated
