// Why the kernel would not execute a file, as far as the file itself tells.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

/// The machine that a program is for, from the beginning of its ELF file, as `uname -m` names it; empty where it is no
/// such file or the machine has no name here.
std::string machine_of_program(std::string_view beginning);

/// The interpreter in the first line of a script ("#!/bin/sh -e" gives "/bin/sh"); empty where there is none.
std::string interpreter_of_script(std::string_view beginning);

/// A hint for a file that execve(2) refused with ENOENT or ENOEXEC though it is there, by its beginning: Windows line
/// ends, an interpreter that is missing, a program for another machine, no program at all. `machine` is this one's.
std::string hint_for_refused_program(std::string_view beginning, int number, std::string_view machine);

}  // namespace runtime
