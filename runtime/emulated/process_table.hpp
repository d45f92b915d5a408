// What is known of the processes of a container that the kernel does not keep for them: where they are, who they say
// they are, which program they run.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>

#include "runtime/emulated/identity.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// One process, with all of its threads.
struct Process {
    pid_t number = 0;
    std::shared_ptr<const Fd> folder;  ///< the working directory, O_PATH
    std::shared_ptr<const Fd> root;    ///< O_PATH
    std::string root_path;             ///< in the container; empty for all of it
    mode_t mask = 022;                 ///< umask(2)
    FakedIds ids;
    std::string program;  ///< its path in the container
    std::shared_ptr<const Fd> program_file;
};

class ProcessTable {
public:
    /// Makes the first process.
    void start(pid_t number, Process process);
    /// A thread of a process that is known; it inherits from the thread that made it.
    void add(pid_t maker, pid_t thread, pid_t process);
    /// A thread has ended.
    void remove(pid_t thread);
    /// All threads but the first of the process have ended, and `thread` has become the first: execve(2).
    void replace(pid_t thread, pid_t process);

    bool knows(pid_t thread) const noexcept { return threads_.contains(thread); }
    /// Throws Refusal with ESRCH.
    Process& of(pid_t thread) const;
    bool empty() const noexcept { return threads_.empty(); }
    const std::map<pid_t, std::shared_ptr<Process>>& threads() const noexcept { return threads_; }

private:
    std::map<pid_t, std::shared_ptr<Process>> threads_;
};

}  // namespace runtime::emulated
