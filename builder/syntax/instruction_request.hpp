// One raw instruction, as the functions that read its kind ask for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/instruction_flags.hpp"
#include "builder/syntax/instructions.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/error.hpp"

namespace builder {

struct InstructionRequest {
    const SourceText& source;
    const RawNode& node;
    std::string keyword;  ///< upper case
    FlagValues flags;

    const std::vector<RawWord>& arguments() const { return node.arguments; }
    /// An error that points there.
    runtime::Error error_at(const Location& location, std::string message) const {
        return runtime::Error("{}", message).at(source.place(location));
    }
    void need_at_least_one() const {
        if (arguments().empty()) throw error_at(node.keyword.location, keyword + " requires at least one argument");
    }
    const RawWord& exactly_one() const {
        if (arguments().size() == 1) return arguments().front();
        throw error_at(node.arguments_location, keyword + " requires exactly one argument");
    }
    Location flag_location(std::string_view name) const {
        const auto locations = flags.locations(name);
        return locations.empty() ? Location{} : locations.front();
    }
};

/// The texts of words, in their order.
std::vector<std::string> texts_of(std::span<const RawWord> words);

/// Here-documents as their content is used: without leading tabs where <<- asks for that.
std::vector<Heredoc> finished(std::vector<Heredoc> heredocs);

/// The command behind the keyword, from that argument on, with its here-documents.
CommandLine command_of(const InstructionRequest& request, std::size_t first_argument = 0);

}  // namespace builder
