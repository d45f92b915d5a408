#include "runtime/sys/clone.hpp"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

/// Where a seccomp profile takes clone3 away, as that of other containers does.
ClonedProcess fork_process() {
    const pid_t pid = ::fork();
    if (pid < 0) throw SystemError("cannot make a process");
    if (pid == 0) return {0, Fd()};
    Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    if (!handle) throw SystemError("cannot watch a process");
    return {pid, std::move(handle)};
}

}  // namespace

ClonedProcess clone_process(std::uint64_t flags) {
    int handle = -1;
    clone_args arguments{};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&handle);
    arguments.exit_signal = SIGCHLD;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid < 0 && (errno == ENOSYS || errno == EPERM) && flags == 0) return fork_process();
    if (pid < 0) throw SystemError("cannot make a process in new namespaces");
    return {pid, Fd(pid == 0 ? -1 : handle)};
}

}  // namespace runtime
