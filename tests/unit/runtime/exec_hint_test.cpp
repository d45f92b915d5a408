#include "runtime/container/isolation/exec_hint.hpp"

#include <gmock/gmock.h>

#include <cerrno>

namespace runtime {
namespace {

using testing::HasSubstr;

/// The head of an ELF file with a class, a byte order and a machine.
std::string elf(char file_class, char order, unsigned machine) {
    std::string head = std::string(
                           "\x7f"
                           "ELF") +
                       file_class + order + std::string(58, '\0');
    head[18] = static_cast<char>(order == 1 ? machine & 0xffU : machine >> 8U);
    head[19] = static_cast<char>(order == 1 ? machine >> 8U : machine & 0xffU);
    return head;
}

TEST(ExecHint, KnowsTheMachineOfAProgram) {
    EXPECT_EQ(machine_of_program(elf(2, 1, 62)), "x86_64");
    EXPECT_EQ(machine_of_program(elf(2, 1, 183)), "aarch64");
    EXPECT_EQ(machine_of_program(elf(1, 1, 40)), "armv7l");
    EXPECT_EQ(machine_of_program(elf(2, 2, 22)), "s390x");
    EXPECT_EQ(machine_of_program(elf(2, 1, 9999)), "");
    EXPECT_EQ(machine_of_program("\x7f"
                                 "ELF"),
              "");
    EXPECT_EQ(machine_of_program(""), "");
}

TEST(ExecHint, KnowsTheInterpreterOfAScript) {
    EXPECT_EQ(interpreter_of_script("#!/bin/sh\n"), "/bin/sh");
    EXPECT_EQ(interpreter_of_script("#! /usr/bin/env -S perl\n"), "/usr/bin/env");
    EXPECT_EQ(interpreter_of_script("#!/bin/sh\r\n"), "/bin/sh");
    EXPECT_EQ(interpreter_of_script("#!\n"), "");
    EXPECT_EQ(interpreter_of_script("echo"), "");
}

TEST(ExecHint, SaysWhatIsWrongWithTheFile) {
    EXPECT_THAT(hint_for_refused_program("#!/bin/sh\r\necho\r\n", ENOENT, "x86_64"), HasSubstr("Windows line ends"));
    EXPECT_THAT(hint_for_refused_program("#!/bin/nosuch\n", ENOENT, "x86_64"), HasSubstr("'/bin/nosuch'"));
    EXPECT_THAT(hint_for_refused_program(elf(2, 1, 62), ENOENT, "x86_64"), HasSubstr("dynamic loader"));
    EXPECT_THAT(hint_for_refused_program(elf(2, 1, 183), ENOEXEC, "x86_64"),
                HasSubstr("for aarch64, and this machine is x86_64"));
    EXPECT_THAT(hint_for_refused_program(elf(2, 1, 62), ENOEXEC, "x86_64"), HasSubstr("damaged"));
    EXPECT_THAT(hint_for_refused_program("text", ENOEXEC, "x86_64"), HasSubstr("#!/bin/sh"));
    EXPECT_EQ(hint_for_refused_program("text", EACCES, "x86_64"), "");
}

}  // namespace
}  // namespace runtime
