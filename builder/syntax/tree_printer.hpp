// Prints what the first phase of parsing found, for people and for tests.
#pragma once

#include <string>
#include <string_view>

#include "builder/syntax/raw_nodes.hpp"

namespace builder {

/// One line an instruction: (keyword ["--flag"] "argument" …). The form that other tools for Containerfiles print too.
std::string print_sexpr(const RawFile& file);

/// The same as a JSON document, with every node's place, flags and here-documents; ends with a newline.
std::string print_json(const RawFile& file);

/// A text in double quotes with escapes as the language Go writes them.
std::string quote_like_go(std::string_view text);

}  // namespace builder
