// A program in memory as the kernel would have put it there beside its loader: the calls that do so, made by the
// process itself before the loader begins.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/emulated/exec_plan.hpp"
#include "runtime/emulated/tracee.hpp"

namespace runtime::emulated {

class ProgramImage {
public:
    /// `fresh` is the process with the loader as its program.
    ProgramImage(const ExecPlan& plan, const FreshProgram& fresh);

    /// Where there is something to be loaded, the first call opens the file.
    const std::vector<InjectedCall>& calls() const noexcept { return calls_; }
    /// Where the number of the opened file belongs: call and argument.
    const std::vector<std::pair<std::size_t, std::size_t>>& places_of_file() const noexcept { return places_; }
    /// Clears what is no part of the file, and tells the loader where the program is. Throws Refusal where a call
    /// failed.
    void finish(const std::vector<std::int64_t>& results, FreshProgram& fresh, const Memory& memory) const;

private:
    void map(const ElfSegment& segment);
    const ExecPlan& plan_;
    std::uint64_t base_ = 0;
    std::vector<InjectedCall> calls_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace runtime::emulated
