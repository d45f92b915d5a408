// One stopped thread of a container, under ptrace(2): its registers, and system calls that it makes for its tracer. All
// that depends on the kind of processor is here and in elf.cpp.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/emulated/elf.hpp"
#include "runtime/emulated/memory.hpp"

namespace runtime::emulated {

/// Whether there is an implementation for this kind of processor.
bool can_trace_here() noexcept;

/// A call of a program to be run, as its registers have it.
struct ExecRegisters {
    int folder = 0;
    std::uint64_t path = 0;
    std::uint64_t arguments = 0;
    std::uint64_t environment = 0;
    int flags = 0;
};

/// A system call that a thread is to make, and its arguments.
struct InjectedCall {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 6> arguments{};
};

class Tracee {
public:
    explicit Tracee(pid_t thread) noexcept : thread_(thread), memory_(thread) {}

    const Memory& memory() const noexcept { return memory_; }
    pid_t thread() const noexcept { return thread_; }

    /// At the beginning of execve or execveat. Throws Refusal with ESRCH where the thread has been ended.
    ExecRegisters exec_registers() const;
    /// Makes it fail at once.
    void refuse(int number) const;

    /// Makes it a call of execve with another path; a list of arguments where one is given.
    void change_exec(const std::string& path, const std::optional<std::vector<std::string>>& first_arguments) const;

    std::vector<std::uint64_t> save() const;
    /// After the call: all registers as they were saved, but for its result.
    void restore_after_call(const std::vector<std::uint64_t>& saved) const;

private:
    pid_t thread_;
    Memory memory_;
};

/// What the kernel has told a program that has not begun yet, on its stack: getauxval(3).
class FreshProgram {
public:
    /// Reads the stack of a thread that is stopped right after execve.
    explicit FreshProgram(pid_t thread);

    std::uint64_t value(std::uint64_t type) const;
    void set(std::uint64_t type, std::uint64_t value);
    /// The path that it was called by, in the place of the one that the kernel was given, where there is room.
    void set_called(const std::string& path);
    /// Writes the changes.
    void write() const;
    std::uint64_t stack() const noexcept { return stack_; }

private:
    Memory memory_;
    std::uint64_t stack_ = 0;
    std::uint64_t address_ = 0;
    std::vector<std::uint64_t> values_;  ///< pairs of type and value
};

/// Has a thread, stopped right after execve, make calls before its program begins. `run` lets it go on until it stops
/// again by itself. Gives the results. A result of the first call can be put in the place of an argument of later ones
/// while it is made, see table_address().
class Injection {
public:
    explicit Injection(pid_t thread);
    std::vector<std::int64_t> run(const std::vector<InjectedCall>& calls, const std::function<void()>& go_on);
    /// Where an argument of a call is in the memory of the thread.
    std::uint64_t argument_address(std::size_t call, std::size_t argument) const noexcept;

private:
    pid_t thread_;
    Memory memory_;
    std::uint64_t table_ = 0;
};

}  // namespace runtime::emulated
