// The process beside an emulated container: answers its calls and traces its processes, until its first one has ended.
#pragma once

#include <sys/resource.h>

#include "runtime/emulated/emulation.hpp"
#include "runtime/emulated/tracer.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

class Supervisor {
public:
    /// To be made in a process with one thread, that blocks all signals and takes over orphans.
    explicit Supervisor(Emulation& container);

    /// Takes the first process under trace, which is a child that waits for that.
    void adopt(pid_t first, Process process);
    /// Serves what comes from the filter of the first process, until that ends. Then ends all that is left.
    /// `end_signal` ends it, other signals go on to it. Gives the status and usage as wait4(2) does.
    int serve(Fd listener, int end_signal, rusage& usage);

private:
    int wait_for(pid_t thread);
    void wait_for_work();
    void take_ended();
    void take_signals();
    void answer_one();
    void answer(const seccomp_notif& question);
    void open_for_tracer(const seccomp_notif& question, const Fd& file);
    void end_all();

    Emulation& container_;
    Tracer tracer_;
    std::optional<Listener> listener_;
    Fd signals_;
    pid_t first_ = 0;
    int end_signal_ = 0;
    std::optional<int> status_;
    rusage usage_{};
};

}  // namespace runtime::emulated
