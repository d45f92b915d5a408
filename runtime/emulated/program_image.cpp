#include "runtime/emulated/program_image.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr std::uint64_t page_bytes = 4096;
/// Between the program and its loader.
constexpr std::uint64_t gap_bytes = 1U << 20;

std::uint64_t page_of(std::uint64_t address) {
    return address & ~(page_bytes - 1);
}

std::uint64_t page_after(std::uint64_t address) {
    return page_of(address + page_bytes - 1);
}

/// The name that is shown of a process, in the memory of the process.
std::uint64_t address_of_name(const FreshProgram& fresh, const std::string& called) {
    const auto slash = called.rfind('/');
    return fresh.value(AT_EXECFN) + (slash == std::string::npos ? 0 : slash + 1);
}

}  // namespace

ProgramImage::ProgramImage(const ExecPlan& plan, const FreshProgram& fresh) : plan_(plan) {
    if (plan.loaded) {
        const ElfProgram& program = *plan.loaded;
        std::uint64_t end = 0;
        for (const ElfSegment& segment : program.segments)
            end = std::max(end, segment.address + segment.bytes_in_memory);
        // Right below the loader nothing lies yet.
        if (program.is_movable)
            base_ = (page_of(fresh.value(AT_PHDR)) - page_after(end) - gap_bytes) & ~(program.alignment - 1);
        calls_.push_back({SYS_openat, {static_cast<std::uint64_t>(AT_FDCWD), 0, O_RDONLY | O_CLOEXEC}});
        for (const ElfSegment& segment : program.segments) map(segment);
        places_.emplace_back(calls_.size(), 0);
        calls_.push_back({SYS_close, {}});
        if (program.has_executable_stack)
            calls_.push_back({SYS_mprotect,
                              {page_of(fresh.stack()), page_bytes,
                               PROT_READ | PROT_WRITE | PROT_EXEC | static_cast<std::uint64_t>(PROT_GROWSDOWN)}});
    }
    calls_.push_back({SYS_prctl, {PR_SET_NAME, address_of_name(fresh, plan.called)}});
}

void ProgramImage::map(const ElfSegment& segment) {
    const std::uint64_t start = page_of(base_ + segment.address);
    const std::uint64_t end_of_file_part = page_after(base_ + segment.address + segment.bytes_in_file);
    const std::uint64_t end = page_after(base_ + segment.address + segment.bytes_in_memory);
    const auto protection = static_cast<std::uint64_t>(segment.protection);
    if (segment.bytes_in_file > 0) {
        places_.emplace_back(calls_.size(), 4);
        calls_.push_back({SYS_mmap,
                          {start, end_of_file_part - start, protection,
                           static_cast<std::uint64_t>(MAP_PRIVATE | MAP_FIXED_NOREPLACE), 0, page_of(segment.offset)}});
    }
    const std::uint64_t rest = segment.bytes_in_file > 0 ? end_of_file_part : start;
    if (end > rest)
        calls_.push_back({SYS_mmap,
                          {rest, end - rest, protection,
                           static_cast<std::uint64_t>(MAP_PRIVATE | MAP_FIXED_NOREPLACE | MAP_ANONYMOUS),
                           static_cast<std::uint64_t>(-1), 0}});
}

void ProgramImage::finish(const std::vector<std::int64_t>& results, FreshProgram& fresh, const Memory& memory) const {
    if (!plan_.loaded) return;
    for (std::size_t i = 0; i < results.size(); ++i)
        if (results[i] < 0 && results[i] > -4096 && calls_[i].number == SYS_mmap) throw Refusal{ENOMEM};
    const ElfProgram& program = *plan_.loaded;
    for (const ElfSegment& segment : program.segments) {
        const std::uint64_t end = base_ + segment.address + segment.bytes_in_file;
        const bool has_rest = segment.bytes_in_memory > segment.bytes_in_file && segment.bytes_in_file > 0;
        if (!has_rest || (segment.protection & PROT_WRITE) == 0) continue;
        const std::vector<char> zeros(page_after(end) - end);
        memory.write(end, zeros.data(), zeros.size());
    }
    // The loader was started as a program; where it is itself it knows by this value. getauxval(3)
    fresh.set(AT_BASE, page_of(fresh.value(AT_PHDR)));
    fresh.set(AT_PHDR, base_ + program.header_address);
    fresh.set(AT_PHENT, program.header_bytes);
    fresh.set(AT_PHNUM, program.header_count);
    fresh.set(AT_ENTRY, base_ + program.entry);
}

}  // namespace runtime::emulated
