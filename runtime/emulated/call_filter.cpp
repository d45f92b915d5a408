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

/// Nobody is left out of what the tracer sees, and nobody has namespaces of its own.
void filter_clone(FilterAssembler& assembler) {
    constexpr std::uint32_t namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    assembler.skip_unless_equal(SYS_clone, 4);
    assembler.load_argument(0);
    assembler.skip_unless_set(namespaces | CLONE_UNTRACED, 1);
    assembler.answer(fails_with(EPERM));
    assembler.answer(SECCOMP_RET_ALLOW);
}

/// Nothing is taken for granted: a command that is not in the list is refused.
void filter_commands(FilterAssembler& assembler, const CommandList& list) {
    unsigned left = 0;
    for (const Commands& commands : list.commands) left += commands.first == commands.last ? 1 : 2;
    constexpr unsigned answers = 4;
    assembler.skip_unless_equal(static_cast<std::uint32_t>(list.call), 1 + left + answers);
    assembler.load_argument(list.argument);
    const auto place_of = [](std::uint32_t action) -> unsigned {
        return action == SECCOMP_RET_ALLOW ? 1 : action == SECCOMP_RET_USER_NOTIF ? 2 : 3;
    };
    for (const Commands& commands : list.commands) {
        const unsigned place = place_of(commands.action);
        if (commands.first == commands.last) {
            assembler.skip_if_equal(commands.first, --left + place);
            continue;
        }
        left -= 2;
        // The last value that there is has none above it.
        assembler.skip_if_above(commands.last, 1);
        assembler.skip_if_at_least(commands.first, left + place);
    }
    assembler.answer(fails_with(list.refusal));
    assembler.answer(SECCOMP_RET_ALLOW);
    assembler.answer(SECCOMP_RET_USER_NOTIF);
    assembler.answer(fails_with(0));
}

/// Options of sockets: those of the kinds that a step can have, and none that gives it a descriptor of a process.
void filter_options(FilterAssembler& assembler, long call) {
    constexpr std::array<int, 6> levels = {IPPROTO_IP,   IPPROTO_TCP,    IPPROTO_UDP,
                                           IPPROTO_IPV6, IPPROTO_ICMPV6, SOL_NETLINK};
    constexpr std::uint32_t last_known_option = 75;
    constexpr unsigned count = levels.size();
    assembler.skip_unless_equal(static_cast<std::uint32_t>(call), 8 + count);
    assembler.load_argument(1);
    assembler.skip_unless_equal(SOL_SOCKET, 4);
    assembler.load_argument(2);
    assembler.skip_if_above(last_known_option, 1);
    assembler.answer(SECCOMP_RET_ALLOW);
    assembler.answer(fails_with(ENOPROTOOPT));
    unsigned left = count;
    for (const int level : levels) assembler.skip_if_equal(static_cast<std::uint32_t>(level), --left + 1);
    assembler.answer(fails_with(ENOPROTOOPT));
    assembler.answer(SECCOMP_RET_ALLOW);
}

/// Local sockets are made here, those of networks by the kernel; all others a step has no use for.
void filter_socket(FilterAssembler& assembler, const FilterOptions& options) {
    assembler.skip_unless_equal(SYS_socket, 10);
    assembler.load_argument(0);
    assembler.skip_if_equal(AF_UNIX, 7);
    assembler.skip_if_equal(options.has_network ? AF_INET : AF_UNIX, 5);
    assembler.skip_if_equal(options.has_network ? AF_INET6 : AF_UNIX, 4);
    assembler.skip_unless_equal(options.has_network ? AF_NETLINK : AF_UNIX, 2);
    assembler.load_argument(2);
    assembler.skip_if_equal(NETLINK_ROUTE, 1);
    assembler.answer(fails_with(EAFNOSUPPORT));
    assembler.answer(SECCOMP_RET_ALLOW);
    assembler.answer(SECCOMP_RET_USER_NOTIF);
}

void filter_by_number(FilterAssembler& assembler, const CallActions& actions) {
    assembler.load(offsetof(seccomp_data, nr));
    for (auto one = actions.begin(); one != actions.end();) {
        auto next = std::next(one);
        while (next != actions.end() && next->second == one->second) ++next;
        if (next == actions.end()) {
            assembler.skip_if_at_least(last_known_call + 1, 1);
            assembler.answer(one->second);
            break;
        }
        assembler.skip_if_at_least(next->first, 1);
        assembler.answer(one->second);
        one = next;
    }
    assembler.answer(fails_with(ENOSYS));
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
    FilterAssembler assembler;
    assembler.load(offsetof(seccomp_data, arch));
    assembler.skip_if_equal(own_machine, 1);
    assembler.answer(fails_with(ENOSYS));
    assembler.load(offsetof(seccomp_data, nr));
    filter_clone(assembler);
    for (const CommandList& list : command_lists()) filter_commands(assembler, list);
    for (const long call : {SYS_getsockopt, SYS_setsockopt}) filter_options(assembler, call);
    filter_socket(assembler, options);
    filter_by_number(assembler, actions);
    return assembler.take();
}

}  // namespace runtime::emulated
