#include "runtime/emulated/call_filter.hpp"

#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/emulated/emulation.hpp"
#include "runtime/sys/filter_assembler.hpp"

namespace runtime::emulated {
namespace {

constexpr std::uint32_t fails_with(unsigned number) {
    return SECCOMP_RET_ERRNO | number;
}

/// What could reach files, memory or processes past the process beside the container.
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

/// What programs have another way for.
constexpr std::array missing = {"io_uring_setup", "io_uring_enter",    "io_uring_register", "clone3",
                                "userfaultfd",    "inotify_add_watch", "mq_open",           "mq_unlink"};

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

/// A process that hides its memory could not be carried anything out for. It is told that it does.
void filter_prctl(FilterAssembler& assembler) {
    assembler.skip_unless_equal(SYS_prctl, 5);
    assembler.load_argument(0);
    assembler.skip_if_equal(PR_SET_DUMPABLE, 2);
    assembler.skip_if_equal(PR_SET_PTRACER, 1);
    assembler.answer(SECCOMP_RET_ALLOW);
    assembler.answer(fails_with(0));
}

/// Local sockets are made here, those of networks by the kernel; all others a step has no use for.
void filter_socket(FilterAssembler& assembler, const FilterOptions& options) {
    assembler.skip_unless_equal(SYS_socket, 8);
    assembler.load_argument(0);
    assembler.skip_if_equal(AF_UNIX, 5);
    assembler.skip_if_equal(AF_INET, options.has_network ? 3 : 2);
    assembler.skip_if_equal(AF_INET6, options.has_network ? 2 : 1);
    assembler.skip_if_equal(AF_NETLINK, options.has_network ? 1 : 0);
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
    for (unsigned number = 0; number <= last_known_call; ++number) {
        char* const name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number));
        actions[number] = name == nullptr ? fails_with(ENOSYS) : SECCOMP_RET_ALLOW;
        std::free(name);
    }
    set(actions, denied, fails_with(EPERM));
    set(actions, missing, fails_with(ENOSYS));
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
    filter_prctl(assembler);
    filter_socket(assembler, options);
    filter_by_number(assembler, actions);
    return assembler.take();
}

}  // namespace runtime::emulated
