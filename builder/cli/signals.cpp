#include "builder/cli/signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/sys/waits.hpp"

namespace builder {

namespace {

std::atomic<int> signal_that_came = SIGINT;

}  // namespace

int interrupted_exit_code() noexcept {
    return 128 + signal_that_came.load();
}

SignalWatch::SignalWatch(runtime::StopSource& stop) {
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&watched, number);
    ::pthread_sigmask(SIG_BLOCK, &watched, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    signals_ = runtime::Fd(::signalfd(-1, &watched, SFD_CLOEXEC));
    if (!signals_) throw runtime::SystemError("cannot watch for signals");
    runtime::end_waits_by(&stop);
    thread_ = std::thread([this, &stop] { watch(stop); });
}

SignalWatch::~SignalWatch() {
    runtime::end_waits_by(nullptr);
    ends_.request_stop();
    thread_.join();
}

void SignalWatch::watch(runtime::StopSource& stop) {
    bool was_asked = false;
    for (;;) {
        std::array<pollfd, 2> polled = {pollfd{signals_.get(), POLLIN, 0}, pollfd{ends_.descriptor().get(), POLLIN, 0}};
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        if (polled[1].revents != 0) return;
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != sizeof info) continue;
        signal_that_came = static_cast<int>(info.ssi_signo);
        if (std::exchange(was_asked, true)) ::_exit(interrupted_exit_code());
        stop.request_stop();
    }
}

}  // namespace builder
