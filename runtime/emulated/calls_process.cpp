// Signals and limits reach the processes of the container only: kill(2), prlimit(2), pidfd_open(2).
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <set>

#include "runtime/emulated/emulation.hpp"

namespace runtime::emulated {
namespace {

pid_t number_in(const Call& call, std::size_t index) {
    return static_cast<pid_t>(call.given.at(index));
}

/// What the arguments say is in registers, which nobody changes while the call waits: the kernel can carry it out.
Reply pass() {
    Reply reply;
    reply.passes = true;
    return reply;
}

void require_own(const Call& call, pid_t number) {
    if (number != 0 && !call.container.processes.knows(number)) throw Refusal{ESRCH};
}

std::set<pid_t> processes_of(const Call& call) {
    std::set<pid_t> found;
    for (const auto& [thread, process] : call.container.processes.threads()) found.insert(process->number);
    return found;
}

bool is_own_group(const Call& call, pid_t group) {
    for (const pid_t process : processes_of(call))
        if (::getpgid(process) == group) return true;
    return false;
}

/// All that it may signal but the first one and itself, which a container of its own would spare as well.
Reply signal_all(const Call& call) {
    const pid_t first = call.container.first;
    bool any = false;
    for (const pid_t process : processes_of(call)) {
        if (process == first || process == call.process.number) continue;
        any = ::kill(process, call.flags(1)) == 0 || any;
    }
    if (!any) throw Refusal{ESRCH};
    return {};
}

Reply send_signal(const Call& call) {
    const pid_t number = number_in(call, 0);
    if (number == -1) return signal_all(call);
    if (number < -1 && !is_own_group(call, -number)) throw Refusal{ESRCH};
    if (number > 0) require_own(call, number);
    return pass();
}

/// The first arguments name a process or a thread.
template <std::size_t count>
Reply on_own(const Call& call) {
    for (std::size_t i = 0; i < count; ++i) require_own(call, number_in(call, i));
    return pass();
}

}  // namespace

void add_process_calls(CallTable& table) {
    table[SYS_kill] = send_signal;
    for (const int number : {SYS_tkill, SYS_rt_sigqueueinfo, SYS_pidfd_open, SYS_prlimit64, SYS_sched_setaffinity,
                             SYS_sched_setparam, SYS_sched_setscheduler, SYS_sched_setattr})
        table[number] = on_own<1>;
    table[SYS_tgkill] = on_own<2>;
    table[SYS_rt_tgsigqueueinfo] = on_own<2>;
}

}  // namespace runtime::emulated
