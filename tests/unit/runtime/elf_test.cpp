// What is read of programs and scripts before they are run.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "runtime/emulated/elf.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

Fd file_with(const std::string& text) {
    Fd file(::memfd_create("test", MFD_CLOEXEC));
    write_all(file, text, "a test's file");
    return file;
}

std::string line_of(const std::string& text) {
    const auto line = read_script_line(file_with(text));
    return line ? line->program + "|" + line->argument : "none";
}

TEST(Elf, ThisProgramIsRead) {
    const ElfProgram program = read_elf(open_path("/proc/self/exe", O_RDONLY));
    EXPECT_EQ(program.loader, "/lib64/ld-linux-x86-64.so.2");
    EXPECT_GE(program.segments.size(), 2U);
    EXPECT_GT(program.header_count, 4);
    EXPECT_NE(program.header_address, 0U);
    EXPECT_FALSE(program.has_executable_stack);
}

TEST(Elf, WhatIsDamagedIsRefused) {
    const std::string whole = read_file("/proc/self/exe");
    EXPECT_THROW(read_elf(file_with("")), Refusal);
    EXPECT_THROW(read_elf(file_with("#!/bin/sh\n")), Refusal);
    EXPECT_THROW(read_elf(file_with(whole.substr(0, 80))), Refusal);
    // Every byte of the headers may be anything.
    for (std::size_t at = 16; at < 400; ++at) {
        std::string changed = whole.substr(0, 65536);
        changed[at] = static_cast<char>(changed[at] ^ 0xff);
        try {
            read_elf(file_with(changed));
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.number, ENOEXEC);
        }
    }
}

TEST(ScriptLine, IsReadAsTheKernelDoes) {
    EXPECT_EQ(line_of("#!/bin/sh\nx"), "/bin/sh|");
    EXPECT_EQ(line_of("#! \t/bin/sh  -e  -x \nx"), "/bin/sh|-e  -x");
    EXPECT_EQ(line_of("#!/bin/sh"), "/bin/sh|");
    EXPECT_EQ(line_of("echo"), "none");
    EXPECT_EQ(line_of(""), "none");
    EXPECT_THROW(line_of("#!\n"), Refusal);
    EXPECT_THROW(line_of("#!   "), Refusal);
    EXPECT_THROW(line_of("#!/" + std::string(300, 'x')), Refusal);
    EXPECT_EQ(line_of("#!/bin/sh " + std::string(300, 'x')), "/bin/sh|" + std::string(245, 'x'));
}

}  // namespace
}  // namespace runtime::emulated
