#include "runtime/sys/foreign_mount.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

struct Answer {
    int descriptor = -1;
    int error = 0;
};

/// Only system calls: other threads may have held locks when this process was made.
[[noreturn]] void copy_there(const Fd& mount_namespace, const Fd& place, const Fd& answers) noexcept {
    Answer answer;
    if (::setns(mount_namespace.get(), CLONE_NEWNS) == 0)
        answer.descriptor = static_cast<int>(
            ::syscall(SYS_open_tree, place.get(), "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (answer.descriptor < 0) answer.error = errno;
    [[maybe_unused]] const ssize_t written = ::write(answers.get(), &answer, sizeof answer);
    ::_exit(0);
}

}  // namespace

Fd clone_foreign_mount(const Fd& mount_namespace, const Fd& place) {
    Pipe answers = make_pipe();
    // It shares the table of descriptors, so that what it opens is open here.
    const long process = ::syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (process == 0) copy_there(mount_namespace, place, answers.write_end);
    if (process < 0) throw SystemError("cannot make a process");
    int status = 0;
    while (::waitpid(static_cast<pid_t>(process), &status, 0) < 0 && errno == EINTR) continue;
    Answer answer{-1, ECHILD};
    answers.write_end.reset();
    while (::read(answers.read_end.get(), &answer, sizeof answer) < 0 && errno == EINTR) continue;
    if (answer.descriptor < 0)
        throw SystemError(SystemError::Number{answer.error}, "cannot copy a mount of another process");
    return Fd(answer.descriptor);
}

}  // namespace runtime
