// The filter of emulated containers, run as the kernel runs it.
#include <asm/ioctls.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <cerrno>

#include "runtime/emulated/call_filter.hpp"
#include "tests/unit/runtime/filter_machine.hpp"

namespace runtime::emulated {
namespace {

class EmulatedFilter : public ::testing::Test {
protected:
    std::uint32_t action(long number, std::uint64_t first = 0, bool has_network = true,
                         std::uint32_t machine = AUDIT_ARCH_X86_64, std::uint64_t second = 0, std::uint64_t third = 0) {
        const FilterOptions options{has_network};
        seccomp_data data{};
        data.nr = static_cast<int>(number);
        data.arch = machine;
        data.args[0] = first;
        data.args[1] = second;
        data.args[2] = third;
        return run_filter(assemble_filter(call_actions(options), options), data);
    }
    std::uint32_t command(long number, std::uint64_t value, std::uint64_t third = 0) {
        return action(number, 0, true, AUDIT_ARCH_X86_64, value, third);
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
    for (const long number : {SYS_read, SYS_write, SYS_mmap, SYS_close, SYS_futex, SYS_getppid, SYS_accept4,
                              SYS_sendmsg, SYS_exit_group, SYS_fstatfs})
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

TEST_F(EmulatedFilter, CommandsAreAClosedList) {
    for (const int one : {F_DUPFD, F_GETFL, F_SETLKW, F_SETSIG, F_DUPFD_CLOEXEC, F_OFD_SETLK, F_ADD_SEALS})
        EXPECT_EQ(command(SYS_fcntl, one), SECCOMP_RET_ALLOW) << one;
    EXPECT_EQ(command(SYS_fcntl, F_SETOWN), SECCOMP_RET_USER_NOTIF);
    for (const int one : {F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_SET_FILE_RW_HINT, 12, 4711, -1})
        EXPECT_EQ(command(SYS_fcntl, one), fails_with(EINVAL)) << one;
    for (const unsigned long one :
         std::vector<unsigned long>{TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX, FS_IOC_GETFLAGS, TIOCGPTPEER})
        EXPECT_EQ(command(SYS_ioctl, one), SECCOMP_RET_ALLOW) << one;
    for (const unsigned long one :
         std::vector<unsigned long>{TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR,
                                    0x8901UL, 0x8902UL, 0x89e0UL, 0UL, 0xffffffffUL})
        EXPECT_EQ(command(SYS_ioctl, one), fails_with(ENOTTY)) << one;
    EXPECT_EQ(command(SYS_ioctl, std::uint64_t{1} << 32 | TIOCSTI), fails_with(ENOTTY)) << "the kernel reads 32 bits";
    for (const int one : {PR_SET_MM, PR_SET_SYSCALL_USER_DISPATCH, PR_SCHED_CORE, 4711})
        EXPECT_EQ(action(SYS_prctl, one), fails_with(EINVAL)) << one;
    for (const long call : {SYS_getsockopt, SYS_setsockopt}) {
        EXPECT_EQ(command(call, SOL_SOCKET, SO_ERROR), SECCOMP_RET_ALLOW);
        EXPECT_EQ(command(call, IPPROTO_TCP, 1), SECCOMP_RET_ALLOW);
        for (const int one : {76, 77, 4711}) EXPECT_EQ(command(call, SOL_SOCKET, one), fails_with(ENOPROTOOPT)) << one;
        EXPECT_EQ(command(call, 4711, 1), fails_with(ENOPROTOOPT));
    }
    EXPECT_EQ(action(SYS_clock_gettime, CLOCK_MONOTONIC), SECCOMP_RET_ALLOW);
    EXPECT_EQ(action(SYS_clock_gettime, static_cast<std::uint32_t>(~100 << 3 | 2)), SECCOMP_RET_USER_NOTIF);
    EXPECT_EQ(action(SYS_socket, AF_NETLINK, true, AUDIT_ARCH_X86_64, 3, 9), fails_with(EAFNOSUPPORT));
}

TEST_F(EmulatedFilter, WhatNamesProcessesAndObjectsIsHandedOver) {
    for (const long number : std::vector<long>{SYS_shmget,
                                               SYS_shmat,
                                               SYS_shmctl,
                                               SYS_semget,
                                               SYS_semop,
                                               SYS_semctl,
                                               SYS_msgget,
                                               SYS_msgsnd,
                                               SYS_msgctl,
                                               SYS_setpriority,
                                               SYS_getpriority,
                                               SYS_ioprio_set,
                                               SYS_ioprio_get,
                                               SYS_getsid,
                                               SYS_getpgid,
                                               SYS_setpgid,
                                               SYS_sched_getaffinity,
                                               SYS_sched_getattr,
                                               SYS_get_robust_list,
                                               SYS_kill,
                                               SYS_tgkill,
                                               SYS_prlimit64})
        EXPECT_EQ(action(number), SECCOMP_RET_USER_NOTIF) << number;
}

TEST_F(EmulatedFilter, WhatNobodyThoughtOfIsMissing) {
    for (const long number : std::vector<long>{457L /* statmount */, 458L /* listmount */, SYS_modify_ldt, SYS_sysfs,
                                               SYS_ustat, SYS_mq_timedsend, 447L /* memfd_secret */})
        EXPECT_EQ(action(number), fails_with(ENOSYS)) << number;
}

}  // namespace
}  // namespace runtime::emulated
