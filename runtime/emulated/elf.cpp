#include "runtime/emulated/elf.hpp"

#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t largest_address = std::uint64_t{1} << 47;

void read_at(const Fd& file, void* bytes, std::size_t size, std::uint64_t offset) {
    if (offset > largest_address ||
        ::pread(file.get(), bytes, size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size))
        throw Refusal{ENOEXEC};
}

Elf64_Ehdr read_header(const Fd& file) {
    Elf64_Ehdr header{};
    read_at(file, &header, sizeof header, 0);
    const bool is_elf = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
    if (!is_elf || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64 ||
        (header.e_type != ET_EXEC && header.e_type != ET_DYN) || header.e_phentsize != sizeof(Elf64_Phdr) ||
        header.e_phnum == 0 || header.e_phnum > 65536 / sizeof(Elf64_Phdr))
        throw Refusal{ENOEXEC};
    return header;
}

int protection_of(unsigned flags) {
    return ((flags & PF_R) != 0 ? PROT_READ : 0) | ((flags & PF_W) != 0 ? PROT_WRITE : 0) |
           ((flags & PF_X) != 0 ? PROT_EXEC : 0);
}

std::string read_loader(const Fd& file, const Elf64_Phdr& part) {
    if (part.p_filesz < 2 || part.p_filesz > 4096) throw Refusal{ENOEXEC};
    std::string text(part.p_filesz, '\0');
    read_at(file, text.data(), text.size(), part.p_offset);
    if (text.back() != '\0') throw Refusal{ENOEXEC};
    text.resize(text.find('\0'));
    return text;
}

void add_segment(ElfProgram& program, const Elf64_Ehdr& header, const Elf64_Phdr& part) {
    const bool fits = part.p_vaddr < largest_address && part.p_memsz < largest_address &&
                      part.p_filesz <= part.p_memsz && part.p_offset < largest_address &&
                      part.p_vaddr % page_bytes == part.p_offset % page_bytes;
    if (!fits) throw Refusal{ENOEXEC};
    program.segments.push_back({part.p_offset, part.p_vaddr, part.p_filesz, part.p_memsz, protection_of(part.p_flags)});
    if (part.p_offset <= header.e_phoff && header.e_phoff < part.p_offset + part.p_filesz)
        program.header_address = header.e_phoff - part.p_offset + part.p_vaddr;
    const bool is_power = part.p_align != 0 && (part.p_align & (part.p_align - 1)) == 0;
    if (is_power && part.p_align < largest_address) program.alignment = std::max(program.alignment, part.p_align);
}

}  // namespace

ElfProgram read_elf(const Fd& file) {
    const Elf64_Ehdr header = read_header(file);
    std::vector<Elf64_Phdr> parts(header.e_phnum);
    read_at(file, parts.data(), parts.size() * sizeof(Elf64_Phdr), header.e_phoff);
    ElfProgram program;
    program.is_movable = header.e_type == ET_DYN;
    program.entry = header.e_entry;
    program.header_count = header.e_phnum;
    program.header_bytes = header.e_phentsize;
    for (const Elf64_Phdr& part : parts) {
        if (part.p_type == PT_LOAD && part.p_memsz > 0) add_segment(program, header, part);
        if (part.p_type == PT_INTERP) program.loader = read_loader(file, part);
        if (part.p_type == PT_GNU_STACK) program.has_executable_stack = (part.p_flags & PF_X) != 0;
    }
    if (program.segments.empty()) throw Refusal{ENOEXEC};
    return program;
}

std::optional<ScriptLine> read_script_line(const Fd& file) {
    std::array<char, 256> start{};
    const ssize_t count = ::pread(file.get(), start.data(), start.size(), 0);
    if (count < 2 || start[0] != '#' || start[1] != '!') return std::nullopt;
    std::string_view line(start.data() + 2, static_cast<std::size_t>(count) - 2);
    const auto end = line.find('\n');
    // The kernel keeps the last byte of what it reads for an end.
    line = line.substr(0, std::min({end, line.find('\0'), start.size() - 3}));
    constexpr std::string_view spaces = " \t";
    const auto first = line.find_first_not_of(spaces);
    if (first == std::string_view::npos) throw Refusal{ENOEXEC};
    line = line.substr(first, line.find_last_not_of(spaces) + 1 - first);
    const auto space = line.find_first_of(spaces);
    // A path that is cut off is not run, an argument is.
    if (space == std::string_view::npos && end == std::string_view::npos && count == 256) throw Refusal{ENOEXEC};
    ScriptLine found{std::string(line.substr(0, space)), ""};
    if (space != std::string_view::npos) found.argument = line.substr(line.find_first_not_of(spaces, space));
    return found;
}

}  // namespace runtime::emulated
