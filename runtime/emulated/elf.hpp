// Programs as files: what the kernel reads of them to run them. elf(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// A part of the file that is to be in memory.
struct ElfSegment {
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t address = 0;
    std::uint64_t bytes_in_file = 0;
    std::uint64_t bytes_in_memory = 0;  ///< what is more than in the file is zero
    int protection = 0;                 ///< PROT_…
};

struct ElfProgram {
    bool is_movable = false;  ///< may be loaded anywhere; addresses count from where that is
    std::uint64_t entry = 0;
    std::uint64_t header_address = 0;  ///< of the program headers in memory; 0 where they are in no segment
    std::uint16_t header_count = 0;
    std::uint16_t header_bytes = 0;  ///< of one
    std::uint64_t alignment = 4096;
    std::vector<ElfSegment> segments;
    std::optional<std::string> loader;  ///< the path of the program that is to load it
    bool has_executable_stack = false;
};

/// Reads and checks it; programs are of this machine's kind. Throws Refusal with ENOEXEC.
ElfProgram read_elf(const Fd& file);

/// What a file says that is run by another program: "#!". execve(2)
struct ScriptLine {
    std::string program;
    std::string argument;  ///< empty: none
};
/// Nothing where it is no script. Throws Refusal with ENOEXEC.
std::optional<ScriptLine> read_script_line(const Fd& file);

}  // namespace runtime::emulated
