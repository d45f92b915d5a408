// Follows all threads of a container under ptrace(2): learns of new ones, passes their signals on, and has them run the
// programs that they ask for.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "runtime/emulated/emulation.hpp"
#include "runtime/emulated/exec_plan.hpp"

namespace runtime::emulated {

class Tracer {
public:
    /// `wait_for` waits until a thread has stopped or ended, answering calls meanwhile, and gives its status as
    /// waitpid(2) does.
    Tracer(Emulation& container, std::function<int(pid_t)> wait_for);

    /// Takes a process under trace; all that it starts follows. Throws SystemError naming the missing right.
    void seize(pid_t process);
    /// What waitpid(2) said of a thread, which is let go on.
    void handle(pid_t thread, int status);

    /// The file that a thread gets instead of what it opens: it opens it for its tracer.
    const Fd* file_to_open(pid_t thread) const;
    /// And where its number is to be noted.
    void note_opened(pid_t thread, int descriptor) const;

private:
    struct Pending {
        ExecPlan plan;
        std::vector<std::uint64_t> registers;
    };
    struct Opening {
        const Fd* file = nullptr;
        std::vector<std::uint64_t> addresses;
    };
    void take_new(pid_t maker, pid_t thread, bool may_be_thread);
    void begin_exec(pid_t thread);
    void finish_exec(pid_t thread, pid_t former);
    void end_failed_exec(pid_t thread);
    void load(pid_t thread, const ExecPlan& plan);
    void become_owner_of(Process& process, const ExecPlan& plan) const;
    void run_until_trap(pid_t thread);
    void go_on(pid_t thread, int signal) const;

    Emulation& container_;
    std::function<int(pid_t)> wait_for_;
    std::map<pid_t, Pending> pending_;
    std::set<pid_t> not_yet_known_;  ///< stopped until it is clear who made them
    std::map<pid_t, Opening> opening_;
};

}  // namespace runtime::emulated
