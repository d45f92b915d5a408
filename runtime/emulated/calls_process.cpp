// Signals and limits reach the processes of the container only: kill(2), prlimit(2), pidfd_open(2).
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <limits>
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

constexpr std::uint64_t of_user = 2;  // PRIO_USER; IOPRIO_WHO_USER is one more

/// getpriority(2) and ioprio_get(2) name a process, a group of processes, or all of a user, who is this machine's here.
template <std::uint64_t first_kind>
Reply on_kind(const Call& call) {
    const std::uint64_t kind = static_cast<std::uint32_t>(call.given[0]) - first_kind;
    const pid_t number = number_in(call, 1);
    if (kind >= of_user) throw Refusal{EPERM};
    if (kind == 0) require_own(call, number);
    if (kind == 1 && number != 0 && !is_own_group(call, number)) throw Refusal{ESRCH};
    return pass();
}

/// Only what the filter hands over of it: F_SETOWN, with a process, or a group of them as a negative number.
Reply set_owner_of_events(const Call& call) {
    const pid_t number = number_in(call, 2);
    if (call.flags(1) != F_SETOWN || number == std::numeric_limits<pid_t>::min()) throw Refusal{EINVAL};
    if (number < 0 && !is_own_group(call, -number)) throw Refusal{ESRCH};
    if (number > 0) require_own(call, number);
    return pass();
}

/// A clock of a process or thread: its number is in the upper bits, inverted; the lowest say what it counts.
Reply on_clock(const Call& call) {
    constexpr int bits_of_kind = 3;
    constexpr int of_descriptor = 3;
    const int clock = call.flags(0);
    if ((clock & of_descriptor) == of_descriptor) throw Refusal{EINVAL};
    require_own(call, ~(clock >> bits_of_kind));
    return pass();
}

}  // namespace

void add_process_calls(CallTable& table) {
    table[SYS_kill] = send_signal;
    for (const int number :
         {SYS_tkill, SYS_rt_sigqueueinfo, SYS_pidfd_open, SYS_prlimit64, SYS_sched_setaffinity, SYS_sched_getaffinity,
          SYS_sched_setparam, SYS_sched_getparam, SYS_sched_setscheduler, SYS_sched_getscheduler, SYS_sched_setattr,
          SYS_sched_getattr, SYS_sched_rr_get_interval, SYS_getpgid, SYS_setpgid, SYS_getsid, SYS_get_robust_list})
        table[number] = on_own<1>;
    for (const int number : {SYS_getpriority, SYS_setpriority}) table[number] = on_kind<0>;
    for (const int number : {SYS_ioprio_get, SYS_ioprio_set}) table[number] = on_kind<1>;
    for (const int number : {SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_timer_create})
        table[number] = on_clock;
    table[SYS_fcntl] = set_owner_of_events;
    table[SYS_tgkill] = on_own<2>;
    table[SYS_rt_tgsigqueueinfo] = on_own<2>;
}

}  // namespace runtime::emulated
