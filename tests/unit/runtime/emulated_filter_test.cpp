// The filter of emulated containers, run as the kernel runs it.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "runtime/emulated/call_filter.hpp"

namespace runtime::emulated {
namespace {

/// What the filter says of a call: the instructions that it uses, as in bpf(4).
std::uint32_t run(const std::vector<sock_filter>& program, const seccomp_data& data) {
    std::uint32_t loaded = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& one = program[at];
        switch (one.code) {
            case BPF_LD | BPF_W | BPF_ABS:
                std::memcpy(&loaded, reinterpret_cast<const char*>(&data) + one.k, sizeof loaded);
                break;
            case BPF_RET | BPF_K:
                return one.k;
            case BPF_JMP | BPF_JEQ | BPF_K:
                at += loaded == one.k ? one.jt : one.jf;
                break;
            case BPF_JMP | BPF_JGE | BPF_K:
                at += loaded >= one.k ? one.jt : one.jf;
                break;
            case BPF_JMP | BPF_JSET | BPF_K:
                at += (loaded & one.k) != 0 ? one.jt : one.jf;
                break;
            default:
                ADD_FAILURE() << "an unknown instruction " << one.code;
                return 0;
        }
    }
    ADD_FAILURE() << "the filter has no end";
    return 0;
}

class EmulatedFilter : public ::testing::Test {
protected:
    std::uint32_t action(long number, std::uint64_t first = 0, bool has_network = true,
                         std::uint32_t machine = AUDIT_ARCH_X86_64) {
        const FilterOptions options{has_network};
        seccomp_data data{};
        data.nr = static_cast<int>(number);
        data.arch = machine;
        data.args[0] = first;
        return run(assemble_filter(call_actions(options), options), data);
    }
    static constexpr std::uint32_t fails_with(unsigned number) { return SECCOMP_RET_ERRNO | number; }
};

TEST_F(EmulatedFilter, CallsWithPathsAreHandedOver) {
    for (const long number : {SYS_open, SYS_openat, SYS_openat2, SYS_stat, SYS_fstat, SYS_statx, SYS_unlinkat,
                              SYS_renameat2, SYS_chdir, SYS_chown, SYS_getxattr, SYS_truncate, SYS_kill, SYS_connect,
                              SYS_bind, SYS_socketpair, SYS_chroot, SYS_getuid})
        EXPECT_EQ(action(number), SECCOMP_RET_USER_NOTIF) << number;
    EXPECT_EQ(action(SYS_execve), SECCOMP_RET_TRACE);
    EXPECT_EQ(action(SYS_execveat), SECCOMP_RET_TRACE);
}

TEST_F(EmulatedFilter, CallsWithoutPathsAreTheKernels) {
    for (const long number :
         {SYS_read, SYS_write, SYS_mmap, SYS_close, SYS_futex, SYS_getppid, SYS_accept4, SYS_sendmsg, SYS_exit_group})
        EXPECT_EQ(action(number), SECCOMP_RET_ALLOW) << number;
}

TEST_F(EmulatedFilter, WhatLeadsOutIsRefused) {
    for (const long number : {SYS_mount, SYS_umount2, SYS_pivot_root, SYS_setns, SYS_unshare, SYS_ptrace,
                              SYS_process_vm_writev, SYS_open_by_handle_at, SYS_bpf, SYS_perf_event_open})
        EXPECT_EQ(action(number), fails_with(EPERM)) << number;
    for (const long number : {SYS_io_uring_setup, SYS_clone3, SYS_userfaultfd, SYS_inotify_add_watch})
        EXPECT_EQ(action(number), fails_with(ENOSYS)) << number;
}

TEST_F(EmulatedFilter, UnknownCallsAndOtherKindsOfProgramsAreMissing) {
    EXPECT_EQ(action(463), fails_with(ENOSYS));
    EXPECT_EQ(action(100'000), fails_with(ENOSYS));
    EXPECT_EQ(action(0x40000000 | SYS_open), fails_with(ENOSYS)) << "x32";
    EXPECT_EQ(action(SYS_read, 0, true, AUDIT_ARCH_I386), fails_with(ENOSYS));
}

TEST_F(EmulatedFilter, ArgumentsDecide) {
    EXPECT_EQ(action(SYS_clone, CLONE_VM | CLONE_THREAD), SECCOMP_RET_ALLOW);
    for (const std::uint64_t flag : {CLONE_UNTRACED, CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID})
        EXPECT_EQ(action(SYS_clone, flag | 17), fails_with(EPERM));
    EXPECT_EQ(action(SYS_prctl, PR_SET_DUMPABLE), fails_with(0));
    EXPECT_EQ(action(SYS_prctl, PR_SET_PTRACER), fails_with(0));
    EXPECT_EQ(action(SYS_prctl, PR_SET_NAME), SECCOMP_RET_ALLOW);
    EXPECT_EQ(action(SYS_socket, AF_UNIX), SECCOMP_RET_USER_NOTIF);
    EXPECT_EQ(action(SYS_socket, AF_PACKET), fails_with(EAFNOSUPPORT));
    for (const std::uint64_t family : {AF_INET, AF_INET6, AF_NETLINK}) {
        EXPECT_EQ(action(SYS_socket, family), SECCOMP_RET_ALLOW);
        EXPECT_EQ(action(SYS_socket, family, false), fails_with(EAFNOSUPPORT));
    }
}

}  // namespace
}  // namespace runtime::emulated
