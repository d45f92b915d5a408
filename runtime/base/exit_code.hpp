// The exit codes of the program, in one place.
#pragma once

namespace runtime {

/// What the program itself exits with. A failing RUN gives the exit code of its command instead.
enum class ExitCode : int {
    ok = 0,
    timed_out = 124,          ///< --timeout or --step-timeout, as of timeout(1)
    failed = 125,             ///< the tool's own failure
    cannot_invoke = 126,      ///< the command was found, but could not be executed
    command_not_found = 127,  ///< the command does not exist in the container
    interrupted = 130,        ///< ended by SIGINT
};

}  // namespace runtime
