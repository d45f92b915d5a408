// Here-documents: finding `<<NAME` in an instruction. LineReader::read_heredoc reads the bodies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// The here-document that a word opens, without its body: `<<EOF`, `<<-EOF`, `3<<"EOF"`. Nothing for any other word.
/// Throws Error when the quotes of the name are not balanced.
std::optional<Heredoc> parse_heredoc_word(std::string_view word);

/// All here-documents that a line opens, in order, without their bodies.
std::vector<Heredoc> heredocs_in_line(std::string_view line);

/// The body of a `<<-` document: without the tabs at the start of each line.
std::string chomp_heredoc(std::string_view content);

/// Those of an instruction, in the order of the file.
const std::vector<Heredoc>& heredocs_of(const Instruction& instruction);

/// The first line that is not blank, with "..." where there are more.
std::string summary_of(const Heredoc& heredoc);

}  // namespace builder
