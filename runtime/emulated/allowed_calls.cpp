#include "runtime/emulated/allowed_calls.hpp"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>

namespace runtime::emulated {
namespace {

constexpr std::array calls = {
    // descriptors
    "read", "write", "close", "poll", "lseek", "pread64", "pwrite64", "readv", "writev", "pipe", "pipe2", "select",
    "dup", "dup2", "dup3", "sendfile", "fstatfs", "flock", "fsync", "fdatasync", "ftruncate", "fallocate", "fadvise64",
    "readahead", "getdents", "getdents64", "preadv", "pwritev", "preadv2", "pwritev2", "splice", "tee", "vmsplice",
    "sync", "syncfs", "sync_file_range", "copy_file_range", "close_range", "pselect6", "ppoll", "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd",
    "signalfd4", "timerfd_create", "timerfd_settime", "timerfd_gettime", "inotify_init", "inotify_init1",
    "inotify_rm_watch", "memfd_create", "io_setup", "io_destroy", "io_getevents", "io_pgetevents", "io_submit",
    "io_cancel", "cachestat", "accept", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg",
    "shutdown", "listen", "getpeername",
    // memory
    "mmap", "mprotect", "munmap", "brk", "mremap", "msync", "mincore", "madvise", "mlock", "mlock2", "munlock",
    "mlockall", "munlockall", "remap_file_pages", "shmdt", "pkey_mprotect", "pkey_alloc", "pkey_free", "mbind",
    "set_mempolicy", "get_mempolicy", "set_mempolicy_home_node", "membarrier", "map_shadow_stack",
    // signals, time, threads and processes of one's own
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend",
    "sigaltstack", "pause", "nanosleep", "getitimer", "setitimer", "alarm", "timer_settime", "timer_gettime",
    "timer_getoverrun", "timer_delete", "gettimeofday", "time", "times", "fork", "vfork", "exit", "exit_group", "wait4",
    "waitid", "getpid", "getppid", "gettid", "getpgrp", "setsid", "sched_yield", "sched_get_priority_max",
    "sched_get_priority_min", "getrlimit", "setrlimit", "getrusage", "sysinfo", "getcpu", "set_tid_address",
    "set_robust_list", "futex", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue", "restart_syscall", "rseq",
    "arch_prctl", "set_thread_area", "get_thread_area", "personality", "seccomp", "getrandom",
    // a descriptor of a process, which is had for the step's own only
    "pidfd_send_signal", "process_mrelease"};

constexpr std::uint32_t pass = SECCOMP_RET_ALLOW;
constexpr std::uint32_t ask = SECCOMP_RET_USER_NOTIF;

constexpr Commands one(std::uint32_t value, std::uint32_t action = pass) {
    return {value, value, action};
}

/// Without what tells another process of events unasked (F_SETOWN_EX, F_NOTIFY), and without leases, which keep others
/// from a file.
constexpr std::array fcntl_commands = {
    Commands{F_DUPFD, F_SETLKW, pass},
    one(F_SETOWN, ask),
    Commands{F_GETOWN, 11, pass},  // F_SETSIG and F_GETSIG
    one(16),
    one(17),                 // F_GETOWN_EX, F_GETOWNER_UIDS
    Commands{36, 38, pass},  // F_OFD_…
    one(1027),
    one(1028),                              // F_DUPFD_QUERY, F_CREATED_QUERY
    Commands{F_DUPFD_CLOEXEC, 1035, pass},  // F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS, F_GET_RW_HINT
    one(1037)};                             // F_GET_FILE_RW_HINT

/// Terminals without what types into them (TIOCSTI), files without what changes their flags, sockets without what
/// hands out others or names processes.
constexpr std::array ioctl_commands = {Commands{TCGETS, TIOCSPGRP, pass},
                                       one(TIOCOUTQ),
                                       one(TIOCGWINSZ),
                                       one(TIOCSWINSZ),
                                       one(FIONREAD),
                                       one(TIOCPKT),
                                       one(FIONBIO),
                                       one(TIOCNOTTY),
                                       one(TIOCGETD),
                                       one(TCSBRKP),
                                       one(TIOCGSID),
                                       one(0x802c542a),
                                       Commands{0x402c542b, 0x402c542d, pass},  // TCGETS2, TCSETS2, …W2, …F2
                                       one(TIOCGPTN),
                                       one(TIOCSPTLCK),
                                       one(TIOCGPTLCK),
                                       one(TIOCGPKT),
                                       one(TIOCGEXCL),
                                       one(TIOCGPTPEER),
                                       Commands{FIONCLEX, FIOASYNC, pass},
                                       one(FIOQSIZE),
                                       one(FIGETBSZ),
                                       one(FS_IOC_GETFLAGS),
                                       one(FS_IOC_GETVERSION),
                                       one(FS_IOC_FSGETXATTR),
                                       one(FS_IOC_FIEMAP),
                                       one(FICLONE),
                                       one(FICLONERANGE),
                                       one(SIOCATMARK),
                                       one(0x8906),
                                       one(0x8907),  // SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD
                                       one(SIOCGIFNAME),
                                       one(SIOCGIFCONF),
                                       one(SIOCGIFFLAGS),
                                       one(SIOCGIFADDR),
                                       one(SIOCGIFDSTADDR),
                                       one(SIOCGIFBRDADDR),
                                       one(SIOCGIFNETMASK),
                                       one(SIOCGIFMETRIC),
                                       one(SIOCGIFMTU),
                                       one(SIOCGIFHWADDR),
                                       one(SIOCGIFINDEX),
                                       one(SIOCGIFTXQLEN),
                                       one(RNDGETENTCNT)};

constexpr std::array prctl_commands = {
    one(PR_SET_PDEATHSIG), one(PR_GET_PDEATHSIG), one(PR_GET_DUMPABLE),
    // A process that hides its memory could not be carried anything out for. It is told that it does.
    one(PR_SET_DUMPABLE, SECCOMP_RET_ERRNO), one(PR_SET_PTRACER, SECCOMP_RET_ERRNO), one(PR_GET_KEEPCAPS),
    one(PR_SET_KEEPCAPS), Commands{PR_GET_TIMING, PR_GET_NAME, pass}, one(PR_GET_SECCOMP), one(PR_SET_SECCOMP),
    Commands{PR_CAPBSET_READ, PR_GET_TIMERSLACK, pass}, one(PR_TASK_PERF_EVENTS_DISABLE),
    one(PR_TASK_PERF_EVENTS_ENABLE), Commands{PR_SET_CHILD_SUBREAPER, PR_GET_TID_ADDRESS, pass},
    one(PR_SET_THP_DISABLE), one(PR_GET_THP_DISABLE), one(PR_CAP_AMBIENT), one(PR_GET_SPECULATION_CTRL),
    one(PR_SET_SPECULATION_CTRL), one(65), one(66),  // PR_SET_MDWE, PR_GET_MDWE
    one(0x53564d41)};                                // PR_SET_VMA

/// Clocks of processes and threads have their numbers in negative ones.
constexpr std::array clock_commands = {Commands{0, 0x7fffffff, pass}, Commands{0x80000000, 0xffffffff, ask}};

constexpr std::array lists = {CommandList{SYS_fcntl, 1, fcntl_commands, EINVAL},
                              CommandList{SYS_ioctl, 1, ioctl_commands, ENOTTY},
                              CommandList{SYS_prctl, 0, prctl_commands, EINVAL},
                              CommandList{SYS_clock_gettime, 0, clock_commands, EINVAL},
                              CommandList{SYS_clock_getres, 0, clock_commands, EINVAL},
                              CommandList{SYS_clock_nanosleep, 0, clock_commands, EINVAL},
                              CommandList{SYS_timer_create, 0, clock_commands, EINVAL}};

}  // namespace

std::span<const char* const> allowed_calls() noexcept {
    return calls;
}

std::span<const CommandList> command_lists() noexcept {
    return lists;
}

}  // namespace runtime::emulated
