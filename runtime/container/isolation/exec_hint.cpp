#include "runtime/container/isolation/exec_hint.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

const char* name_of_machine(unsigned machine, bool is_64_bit) {
    switch (machine) {
        case EM_386:
            return "i686";
        case EM_X86_64:
            return "x86_64";
        case EM_AARCH64:
            return "aarch64";
        case EM_ARM:
            return "armv7l";
        case EM_RISCV:
            return is_64_bit ? "riscv64" : "riscv32";
        case EM_PPC64:
            return "ppc64le";
        case EM_S390:
            return "s390x";
        case EM_LOONGARCH:
            return "loongarch64";
        case EM_MIPS:
            return is_64_bit ? "mips64" : "mips";
        default:
            return "";
    }
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

std::string machine_of_program(std::string_view beginning) {
    if (beginning.size() < sizeof(Elf64_Ehdr) || !beginning.starts_with(ELFMAG)) return "";
    const bool is_big = beginning[EI_DATA] == ELFDATA2MSB;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(beginning[at])); };
    constexpr std::size_t place = offsetof(Elf64_Ehdr, e_machine);  // the same in both classes
    const unsigned machine = is_big ? byte(place) << 8U | byte(place + 1) : byte(place + 1) << 8U | byte(place);
    return name_of_machine(machine, beginning[EI_CLASS] == ELFCLASS64);
}

std::string interpreter_of_script(std::string_view beginning) {
    if (!beginning.starts_with("#!")) return "";
    std::string_view line = first_line(beginning).substr(2);
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return "";
    line = line.substr(begin);
    return std::string(line.substr(0, line.find_first_of(" \t\r")));
}

std::string hint_for_refused_program(std::string_view beginning, int number, std::string_view machine) {
    const std::string interpreter = interpreter_of_script(beginning);
    if (!interpreter.empty() && first_line(beginning).ends_with('\r'))
        return "the script has Windows line ends (CRLF), so that its interpreter is not found: "
               "take them out with sed -i 's/\\r$//'";
    if (number == ENOENT && !interpreter.empty())
        return fmt::format("the file is there, but {} in its first line is not in the image", quoted(interpreter));
    if (number == ENOENT) return "the file is there, so its interpreter or dynamic loader is missing in the image";
    if (number != ENOEXEC) return "";
    const std::string wanted = machine_of_program(beginning);
    if (!wanted.empty() && wanted != machine)
        return fmt::format(
            "the program is for {}, and this machine is {}: build for this machine's platform, or install "
            "qemu-user-static, which runs programs of other machines by way of binfmt_misc",
            wanted, machine);
    if (beginning.starts_with(ELFMAG)) return "the program is damaged, or for another machine";
    return "the file is no program: a script needs a first line such as #!/bin/sh";
}

}  // namespace runtime
