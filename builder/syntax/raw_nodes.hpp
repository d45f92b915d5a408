// The first phase of parsing: logical lines cut into keyword, flags and arguments, before anybody asks what they mean.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/lines.hpp"

namespace builder {

struct RawWord {
    std::string text;
    Location location;
};

/// One instruction as it is written. Unknown instructions are nodes too, without arguments.
struct RawNode {
    RawWord keyword;             ///< as written; never empty
    std::vector<RawWord> flags;  ///< the leading --words, without their quotes and escapes
    /// As the keyword wants them: words, one text, or KEY VALUE SEPARATOR triples for ENV and LABEL, where the
    /// separator is "=", or empty for the old form `KEY value`.
    std::vector<RawWord> arguments;
    bool is_json = false;           ///< the arguments were a JSON array
    std::vector<Heredoc> heredocs;  ///< with the tabs that <<- takes away later
    std::vector<RawNode> trigger;   ///< the instruction behind ONBUILD, at most one
    std::string original;           ///< the logical line, without here-documents
    Location location;
    Location arguments_location;
    std::vector<std::string> comments;
};

struct RawFile {
    std::vector<RawNode> nodes;
    std::vector<Directive> directives;
    char escape = '\\';
};

/// Cuts a logical line. Throws Error, which points into `source`, when the arguments have not the form that the keyword
/// wants.
RawNode parse_raw_node(const SourceText& source, const LogicalLine& line, char escape);

/// Reads a whole file. With `errors` the errors of single instructions are collected there, and reading goes on behind
/// them. Throws Error for the first error otherwise, and where going on makes no sense.
RawFile read_raw_nodes(const SourceText& source, std::vector<Warning>* warnings = nullptr,
                       std::vector<runtime::Error>* errors = nullptr);

/// Cuts a text at white space that is neither quoted nor escaped; quotes and escapes stay in the words.
std::vector<std::string_view> split_quoted_words(std::string_view text, char escape);

}  // namespace builder
