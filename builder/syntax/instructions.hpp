// The second phase of parsing: nodes become typed instructions, with every check that needs no other instruction.
#pragma once

#include <span>
#include <string_view>

#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// Types one node. Throws Error that points at the offending word.
Instruction parse_instruction(const SourceText& source, const RawNode& node);

/// All keywords, in upper case and alphabetical order.
std::span<const std::string_view> instruction_keywords();

}  // namespace builder
