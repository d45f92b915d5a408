// Patterns of the operators in ${name#pattern}, ${name%pattern} and ${name/pattern/text}.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// What the matching of one value may cost, as a short pattern can take long over a long text. Throws Error where it is
/// spent.
class MatchEffort {
public:
    void spend(std::size_t steps);

private:
    std::size_t left_ = 100'000'000;  ///< elements of the pattern looked at, characters of the text times
};

/// `?` is one character, `*` any number of them; neither matches a line end. A backslash takes `*`, `?`, itself, `}`
/// and `/` literally. There are no brackets.
class ShellPattern {
public:
    enum class Preference { shortest, longest };

    /// Throws Error when a backslash stands before another character or at the end.
    static ShellPattern parse(std::string_view text);

    struct Match {
        std::size_t start = 0;
        std::size_t end = 0;
    };
    /// The end of a match that starts at `start`.
    std::optional<std::size_t> match_at(std::string_view text, std::size_t start, Preference preference,
                                        MatchEffort& effort) const;
    /// The first match at or after `start`, as long as it can be.
    std::optional<Match> search(std::string_view text, std::size_t start, MatchEffort& effort) const;

    struct Element {
        enum class Kind { literal, any_one, any_many };
        Kind kind;
        std::string literal;  ///< one character
    };
    const std::vector<Element>& elements() const noexcept { return elements_; }

private:
    std::vector<Element> elements_;
};

/// The pattern back to front, so that a match at the end becomes one at the start; a backslash stays with its
/// character.
std::string reverse_shell_pattern(std::string_view pattern);

/// The value without what the pattern matches at its start, or at its end. Throws Error where that takes too long.
std::string remove_prefix(std::string_view value, std::string_view pattern, ShellPattern::Preference preference);
std::string remove_suffix(std::string_view value, std::string_view pattern, ShellPattern::Preference preference);

/// The value with the first match, or all of them, replaced. The first one is replaced by the text as it is; where all
/// are, `$0` in it stands for the match, `$$` for a dollar and any other `$name` for nothing, as BuildKit has it.
/// Throws Error where it grows beyond the limit, or takes too long.
std::string replace_matches(std::string_view value, std::string_view pattern, std::string_view replacement, bool all,
                            std::size_t limit_bytes);

}  // namespace builder
