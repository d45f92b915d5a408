// One pattern of an ignore file, ready for matching.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace builder {

/// A pattern without its `!`. What it means is defined by its translation into a regular expression:
/// `**` and `**/` become `(.*/)?`, at the end `.*`; `*` becomes `[^/]*`, `?` becomes `[^/]`, brackets stay.
class IgnoreExpression {
public:
    /// Throws Error for a malformed pattern. The pattern is clean.
    static IgnoreExpression parse(std::string_view pattern);

    enum class Kind {
        exact,   ///< the path is the text
        prefix,  ///< the path starts with the text
        suffix,  ///< the path ends with the text, or is the text without the slash at its start
        general
    };
    Kind kind() const noexcept { return kind_; }
    const std::string& text() const noexcept { return text_; }

    bool matches(std::string_view path) const;
    /// True when a path that starts with `start` could match.
    bool could_match_below(std::string_view start) const;

    /// A text that stands in every path that matches; empty where there is none.
    std::string_view required_text() const noexcept { return required_text_; }

    /// The regular expression of a general pattern.
    static std::string to_regular_expression(std::string_view pattern, Kind& kind);

private:
    /// One step of a general pattern.
    struct Step {
        enum class Kind {
            one,            ///< one character of the set
            many,           ///< any number of characters of the set
            optional,       ///< none or one character of the set
            may_skip_dirs,  ///< in front of `skip_dirs`: the next step may be left out
            skip_dirs,      ///< any characters up to and with a slash
            at_start,       ///< nothing, but only at the start of the path
            at_end,         ///< and at its end
            at_word_edge,   ///< between a character of a word and another one
            off_word_edge
        };
        Kind kind = Kind::one;
        bool is_negated = false;
        std::vector<std::pair<char32_t, char32_t>> ranges;
        std::string literal;  ///< the character, where the set has just one

        bool holds(char32_t character) const;
        bool reads() const noexcept { return kind < Kind::may_skip_dirs; }
    };
    class StepParser;
    using States = std::vector<std::uint8_t>;

    /// A place in a path.
    struct Gap {
        std::optional<char32_t> before;  ///< nothing at the start
        std::optional<char32_t> after;   ///< nothing at the end
        bool is_open = false;            ///< what comes behind the end is not known
        bool fits(Step::Kind kind) const;
    };

    void add_unread(States& states, const Gap& gap) const;
    /// `is_open`: the text is the beginning of a path.
    States read(std::string_view text, bool is_open) const;
    void find_required_text();

    Kind kind_ = Kind::exact;
    std::string text_;
    std::string required_text_;
    std::vector<Step> steps_;
};

}  // namespace builder
