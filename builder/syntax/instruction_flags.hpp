// The --flags of instructions: what each may be, and their values.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/raw_nodes.hpp"

namespace builder {

struct FlagRule {
    enum class Kind { text, boolean, list };
    std::string_view name;  ///< without the dashes
    Kind kind = Kind::text;
};

/// The flags of one instruction, checked against its rules.
class FlagValues {
public:
    std::string text(std::string_view name, std::string_view otherwise = {}) const;
    std::optional<bool> boolean(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    bool is_given(std::string_view name) const { return values_.find(name) != values_.end(); }
    /// Of each time the flag was given.
    std::vector<Location> locations(std::string_view name) const;

private:
    friend FlagValues parse_instruction_flags(const SourceText&, std::span<const FlagRule>, std::span<const RawWord>,
                                              std::string_view);
    std::map<std::string, std::vector<RawWord>, std::less<>> values_;
};

/// Checks flags such as `--name=value`; a boolean is given bare, or with true or false; only a list may be given twice.
/// Throws Error that points at the flag, and says which ones the instruction takes.
FlagValues parse_instruction_flags(const SourceText& source, std::span<const FlagRule> rules,
                                   std::span<const RawWord> flags, std::string_view keyword = {});

}  // namespace builder
