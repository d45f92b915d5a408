// What is to be run when a process of a container asks for a program: which file the kernel is given, and what the
// program is told. execve(2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/emulated/elf.hpp"
#include "runtime/emulated/path_walk.hpp"

namespace runtime::emulated {

struct ExecPlan {
    Fd kernel_file;  ///< O_PATH: what the kernel runs, a program that needs no loader, or the loader
    std::optional<ElfProgram> loaded = {};  ///< what the loader finds loaded when it starts
    Fd loaded_file;                         ///< for reading
    std::string called;                     ///< the path as it was given
    std::string path;                       ///< of the program, in the container
    Fd file;                                ///< the program, O_PATH
    bool sets_user = false;                 ///< the file says as whom it is run: set-user-ID, set-group-ID
    bool sets_group = false;
    uid_t user = 0;
    gid_t group = 0;
    std::vector<std::string> first_arguments;  ///< of a script: they take the place of the first one that was given
};

struct ExecCall {
    pid_t thread = 0;
    const Process* process = nullptr;
    int folder = 0;  ///< as of execveat(2)
    std::string path;
    int flags = 0;
};

/// Finds it all. Throws Refusal with what execve(2) would give.
ExecPlan plan_exec(const PathWalk& paths, const ExecCall& call);

}  // namespace runtime::emulated
