#include "builder/engine/record/history_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"

namespace builder {
namespace {

constexpr std::string_view without_command = "/bin/sh -c #(nop) ";

/// The first line of an instruction behind its keyword and one blank.
std::string_view words_of(const Instruction& instruction) {
    const std::string_view line = std::string_view(instruction.original).substr(0, instruction.original.find('\n'));
    const std::size_t begin = line.find_first_of(" \t");
    return begin == std::string_view::npos ? "" : line.substr(begin + 1);
}

/// Those that have a value.
std::vector<std::string> sorted_arguments(const StageState& state) {
    std::vector<std::string> names = state.argument_names;
    std::erase_if(names, [&](const std::string& name) { return !state.variables.contains(name); });
    std::sort(names.begin(), names.end());
    return names;
}

/// "|2 A=1 B=2 " in front of a command.
std::string argument_prefix(const StageState& state) {
    const std::vector<std::string> names = sorted_arguments(state);
    if (names.empty()) return "";
    std::string text = fmt::format("|{} ", names.size());
    for (const std::string& name : names) text += name + "=" + state.variables.get(name).value_or("") + " ";
    return text;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace

std::string history_of_line(const Instruction& instruction) {
    return std::string(without_command) + instruction.original;
}

std::string history_of_arguments(const StageState& state) {
    return fmt::format("{}ARG {}", without_command, fmt::join(sorted_arguments(state), " "));
}

std::string history_of_command(const RunInstruction& run, const Instruction& instruction, const StageState& state) {
    std::string text = argument_prefix(state) + "/bin/sh -c ";
    text += words_of(instruction);
    for (const Heredoc& heredoc : run.command.heredocs) text += "\n" + std::string(trimmed(heredoc.content));
    return text;
}

std::string history_of_copy(const CopyInstruction& copy, std::string_view content) {
    // Behind the destination Buildah puts six texts between blanks, which are empty.
    return fmt::format("{}{}{} {} in {}      ", without_command, copy.is_add ? "ADD" : "COPY",
                       copy.link ? " --link" : "", content, copy.destination);
}

}  // namespace builder
