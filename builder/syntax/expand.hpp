// Shell words: quotes, escapes and variables, as $name, ${name} and ${name:-word} with all its relatives.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// Longer results are refused: with variables that double each other a few lines could fill all memory.
inline constexpr std::size_t expansion_limit_bytes = 16U << 20;

/// The value of a variable; nothing when it is not set.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// The names that an expansion looked up.
struct VariableUse {
    std::set<std::string, std::less<>> found;
    std::set<std::string, std::less<>> unset;
};

struct ExpandOptions {
    char escape = '\\';
    bool keep_quotes = false;    ///< quotes stay in the result
    bool keep_escapes = false;   ///< escapes stay in the result
    bool keep_unset = false;     ///< what names an unset variable stays as it is written
    bool ignore_quotes = false;  ///< quotes are ordinary characters
};

struct Expansion {
    std::string word;                ///< everything as one word; blanks between words stay
    std::vector<std::string> words;  ///< split at white space that is neither quoted nor escaped, also inside values
    VariableUse use;
};

/// Expands a text. Throws Error for an unbalanced quote, a malformed ${…}, and ${name?message} of an unset variable.
Expansion expand(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options = {});

/// One word: a value of ENV or LABEL, a path of WORKDIR … Names are added to `use` where it is given.
std::string process_word(std::string_view text, const VariableLookup& lookup, char escape = '\\',
                         VariableUse* use = nullptr);

/// Expanded and split.
std::vector<std::string> process_words(std::string_view text, const VariableLookup& lookup, char escape = '\\',
                                       VariableUse* use = nullptr);

}  // namespace builder
