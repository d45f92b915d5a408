// What the history of an image says of an instruction: the texts that Buildah writes, which tools read.
#pragma once

#include <string>
#include <string_view>

#include "builder/engine/record/stage_state.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// Of an instruction that changes the configuration: the line as it is written, so without the values of variables.
std::string history_of_line(const Instruction& instruction);
/// Of ARG: the names that are declared so far and have a value, without it.
std::string history_of_arguments(const StageState& state);
/// Of RUN: the arguments that it sees, the line behind RUN as it is written, the here-documents.
std::string history_of_command(const RunInstruction& run, const Instruction& instruction, const StageState& state);
/// Of COPY and ADD: what came in, as "file:HEX", and the destination as it is written.
std::string history_of_copy(const CopyInstruction& copy, std::string_view content);

}  // namespace builder
