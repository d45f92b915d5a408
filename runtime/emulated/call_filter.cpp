#include "runtime/emulated/call_filter.hpp"

#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/emulated/allowed_calls.hpp"
#include "runtime/emulated/emulation.hpp"
#include "runtime/sys/filter_assembler.hpp"

namespace runtime::emulated {
namespace {

constexpr std::uint32_t fails_with(unsigned number) {
    return SECCOMP_RET_ERRNO | number;
}

/// What could reach files, memory or processes past the process beside the container, and is known to programs as what
/// only some may do. What is neither here nor in the list of what is allowed is as if this kernel did not have it.
constexpr std::array denied = {"mount",
                               "umount2",
                               "pivot_root",
                               "open_tree",
                               "move_mount",
                               "fsopen",
                               "fsconfig",
                               "fsmount",
                               "fspick",
                               "mount_setattr",
                               "setns",
                               "unshare",
                               "ptrace",
                               "quotactl",
                               "quotactl_fd",
                               "acct",
                               "swapon",
                               "swapoff",
                               "uselib",
                               "reboot",
                               "sethostname",
                               "setdomainname",
                               "name_to_handle_at",
                               "open_by_handle_at",
                               "init_module",
                               "finit_module",
                               "delete_module",
                               "kexec_load",
                               "kexec_file_load",
                               "bpf",
                               "keyctl",
                               "perf_event_open",
                               "add_key",
                               "request_key",
                               "kcmp",
                               "fanotify_init",
                               "fanotify_mark",
                               "process_vm_readv",
                               "process_vm_writev",
                               "process_madvise",
                               "pidfd_getfd",
                               "lookup_dcookie",
                               "landlock_add_rule",
                               "settimeofday",
                               "clock_settime",
                               "adjtimex",
                               "clock_adjtime",
                               "syslog",
                               "vhangup",
                               "move_pages",
                               "migrate_pages"};

/// Calls with a number, by name where this machine's kind of processor has them.
template <typename Names>
void set(CallActions& actions, const Names& names, std::uint32_t action) {
    for (const char* name : names) {
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number >= 0) actions[static_cast<unsigned>(number)] = action;
    }
}

constexpr unsigned last_known_call = 462;
constexpr std::size_t call_number = offsetof(seccomp_data, nr);

/// Nobody is left out of what the tracer sees, and nobody has namespaces of its own.
void filter_clone(FilterAssembler& filter) {
    constexpr std::uint32_t namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    filter.where(call_number, SYS_clone, [&] {
        const auto allowed = filter.label();
        filter.load_argument(0);
        filter.jump_unless_set(namespaces | CLONE_UNTRACED, allowed);
        filter.answer(fails_with(EPERM));
        filter.place(allowed);
        filter.answer(SECCOMP_RET_ALLOW);
    });
}

/// Nothing is taken for granted: a command that is not in the list is refused.
void filter_commands(FilterAssembler& filter, const CommandList& list) {
    filter.where(call_number, static_cast<std::uint32_t>(list.call), [&] {
        const auto allowed = filter.label(), answered_here = filter.label(), done_nothing = filter.label();
        filter.load_argument(list.argument);
        for (const Commands& commands : list.commands) {
            const auto matches = commands.action == SECCOMP_RET_ALLOW        ? allowed
                                 : commands.action == SECCOMP_RET_USER_NOTIF ? answered_here
                                                                             : done_nothing;
            const auto next = filter.label();
            if (commands.first == commands.last) {
                filter.jump_if_equal(commands.first, matches);
            } else {
                filter.jump_if_above(commands.last, next);
                filter.jump_if_at_least(commands.first, matches);
            }
            filter.place(next);
        }
        filter.answer(fails_with(list.refusal));
        filter.place(allowed);
        filter.answer(SECCOMP_RET_ALLOW);
        filter.place(answered_here);
        filter.answer(SECCOMP_RET_USER_NOTIF);
        filter.place(done_nothing);
        filter.answer(fails_with(0));
    });
}

/// Options of sockets: those of the kinds that a step can have, and none that gives it a descriptor of a process.
void filter_options(FilterAssembler& filter, long call) {
    constexpr std::array<int, 6> levels = {IPPROTO_IP,   IPPROTO_TCP,    IPPROTO_UDP,
                                           IPPROTO_IPV6, IPPROTO_ICMPV6, SOL_NETLINK};
    constexpr std::uint32_t last_known_option = 75;
    filter.where(call_number, static_cast<std::uint32_t>(call), [&] {
        const auto allowed = filter.label(), refused = filter.label(), is_other_level = filter.label();
        filter.load_argument(1);
        filter.jump_unless_equal(SOL_SOCKET, is_other_level);
        filter.load_argument(2);
        filter.jump_if_above(last_known_option, refused);
        filter.answer(SECCOMP_RET_ALLOW);
        filter.place(is_other_level);
        for (const int level : levels) filter.jump_if_equal(static_cast<std::uint32_t>(level), allowed);
        filter.place(refused);
        filter.answer(fails_with(ENOPROTOOPT));
        filter.place(allowed);
        filter.answer(SECCOMP_RET_ALLOW);
    });
}

/// Local sockets are made here, those of networks by the kernel; all others a step has no use for.
void filter_socket(FilterAssembler& filter, const FilterOptions& options) {
    filter.where(call_number, SYS_socket, [&] {
        const auto allowed = filter.label(), refused = filter.label(), answered_here = filter.label();
        filter.load_argument(0);
        filter.jump_if_equal(AF_UNIX, answered_here);
        if (options.has_network) {
            filter.jump_if_equal(AF_INET, allowed);
            filter.jump_if_equal(AF_INET6, allowed);
            filter.jump_unless_equal(AF_NETLINK, refused);
            filter.load_argument(2);
            filter.jump_if_equal(NETLINK_ROUTE, allowed);
        }
        filter.place(refused);
        filter.answer(fails_with(EAFNOSUPPORT));
        filter.place(allowed);
        filter.answer(SECCOMP_RET_ALLOW);
        filter.place(answered_here);
        filter.answer(SECCOMP_RET_USER_NOTIF);
    });
}

void filter_by_number(FilterAssembler& filter, const CallActions& actions) {
    filter.load(call_number);
    for (auto one = actions.begin(); one != actions.end();) {
        auto next = std::next(one);
        while (next != actions.end() && next->second == one->second) ++next;
        const auto above = filter.label();
        filter.jump_if_at_least(next == actions.end() ? last_known_call + 1 : next->first, above);
        filter.answer(one->second);
        filter.place(above);
        one = next;
    }
    filter.answer(fails_with(ENOSYS));
}

}  // namespace

CallActions call_actions(const FilterOptions&) {
    CallActions actions;
    for (unsigned number = 0; number <= last_known_call; ++number) actions[number] = fails_with(ENOSYS);
    set(actions, allowed_calls(), SECCOMP_RET_ALLOW);
    set(actions, denied, fails_with(EPERM));
    for (const auto& [number, handler] : all_calls()) actions[static_cast<unsigned>(number)] = SECCOMP_RET_USER_NOTIF;
    for (const unsigned number : {SYS_execve, SYS_execveat}) actions[number] = SECCOMP_RET_TRACE;
    return actions;
}

std::vector<sock_filter> assemble_filter(const CallActions& actions, const FilterOptions& options) {
    FilterAssembler filter;
    const auto is_known_machine = filter.label();
    filter.load(offsetof(seccomp_data, arch));
    filter.jump_if_equal(own_machine, is_known_machine);
    filter.answer(fails_with(ENOSYS));
    filter.place(is_known_machine);
    filter_clone(filter);
    for (const CommandList& list : command_lists()) filter_commands(filter, list);
    for (const long call : {SYS_getsockopt, SYS_setsockopt}) filter_options(filter, call);
    filter_socket(filter, options);
    filter_by_number(filter, actions);
    return filter.take();
}

}  // namespace runtime::emulated
