// What the kernel may do for a step of an emulated container by itself: closed lists of calls, and of the commands of
// those calls that are many in one.
#pragma once

#include <cstdint>
#include <span>

namespace runtime::emulated {

/// Calls that take neither a path nor the number of a process or of an object that others have too.
std::span<const char* const> allowed_calls() noexcept;

/// Values of an argument, both ends included, and what becomes of the call with them: SECCOMP_RET_….
struct Commands {
    std::uint32_t first;
    std::uint32_t last;
    std::uint32_t action;
};

/// A call with an argument that decides, of which only the lower half counts for the kernel.
struct CommandList {
    long call;
    unsigned argument;
    std::span<const Commands> commands;
    unsigned refusal;  ///< errno for all others
};

std::span<const CommandList> command_lists() noexcept;

}  // namespace runtime::emulated
