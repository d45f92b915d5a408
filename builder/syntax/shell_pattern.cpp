#include "builder/syntax/shell_pattern.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using Element = ShellPattern::Element;
using Kind = Element::Kind;

std::string reverse_characters(std::string_view text) {
    std::vector<std::string_view> characters = split_characters(text);
    std::string reversed;
    for (auto character = characters.rbegin(); character != characters.rend(); ++character) reversed += *character;
    return reversed;
}

/// The states of a pattern while it reads a text: state i means that the elements before i have matched. Only those
/// from first_ to last_ are looked at.
class Simulation {
public:
    explicit Simulation(const std::vector<Element>& elements)
        : elements_(elements), states_(elements.size() + 1), next_(elements.size() + 1) {
        enter(states_, 0);
    }

    bool is_accepting() const { return states_.back() != 0; }
    bool is_dead() const { return first_ > last_; }

    void read(std::string_view character, MatchEffort& effort) {
        effort.spend(last_ - first_ + 1);
        const std::size_t from = first_;
        const std::size_t to = std::min(last_ + 1, elements_.size());
        first_ = states_.size();
        last_ = 0;
        for (std::size_t i = from; i < to; ++i) {
            if (std::exchange(states_[i], 0) == 0) continue;
            const Element& element = elements_[i];
            const bool matches = element.kind == Kind::literal ? element.literal == character : character != "\n";
            if (matches) enter(next_, element.kind == Kind::any_many ? i : i + 1);
        }
        states_.back() = 0;
        states_.swap(next_);
    }

private:
    using States = std::vector<unsigned char>;

    /// Enters a state, and those behind it that stars lead to.
    void enter(States& states, std::size_t state) {
        first_ = std::min(first_, state);
        for (;; ++state) {
            states[state] = 1;
            last_ = std::max(last_, state);
            if (state == elements_.size() || elements_[state].kind != Kind::any_many || states[state + 1] != 0) return;
        }
    }

    const std::vector<Element>& elements_;
    States states_;
    States next_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

}  // namespace

void MatchEffort::spend(std::size_t steps) {
    if (steps > left_)
        throw runtime::Error("the pattern takes too long: it has too many characters for a value so long");
    left_ -= steps;
}

ShellPattern ShellPattern::parse(std::string_view text) {
    ShellPattern pattern;
    const std::vector<std::string_view> characters = split_characters(text);
    for (std::size_t i = 0; i < characters.size(); ++i) {
        if (characters[i] == "*") {
            pattern.elements_.push_back({Kind::any_many, {}});
        } else if (characters[i] == "?") {
            pattern.elements_.push_back({Kind::any_one, {}});
        } else if (characters[i] != "\\") {
            pattern.elements_.push_back({Kind::literal, std::string(characters[i])});
        } else {
            const std::string_view next = ++i < characters.size() ? characters[i] : std::string_view();
            if (next.empty()) throw runtime::Error("invalid pattern {}: it ends with an escape", runtime::quoted(text));
            if (std::string_view("*?\\}/").find(next) == std::string_view::npos)
                throw runtime::Error("invalid pattern {}: invalid escape {}", runtime::quoted(text),
                                     runtime::quoted("\\" + std::string(next)));
            pattern.elements_.push_back({Kind::literal, std::string(next)});
        }
    }
    return pattern;
}

// Without brackets and alternatives, what a backtracking matcher prefers is always the shortest or the longest match,
// so following all states at once gives the same answer in time proportional to text times pattern.
std::optional<std::size_t> ShellPattern::match_at(std::string_view text, std::size_t start, Preference preference,
                                                  MatchEffort& effort) const {
    Simulation simulation(elements_);
    std::optional<std::size_t> end;
    for (std::size_t position = start;;) {
        if (simulation.is_accepting()) {
            end = position;
            if (preference == Preference::shortest) return end;
        }
        if (position >= text.size() || simulation.is_dead()) return end;
        const std::size_t length = decode_character(text.substr(position)).length;
        simulation.read(text.substr(position, length), effort);
        position += length;
    }
}

std::optional<ShellPattern::Match> ShellPattern::search(std::string_view text, std::size_t start,
                                                        MatchEffort& effort) const {
    for (;;) {
        if (const auto end = match_at(text, start, Preference::longest, effort)) return Match{start, *end};
        if (start >= text.size()) return std::nullopt;
        start += decode_character(text.substr(start)).length;
    }
}

std::string reverse_shell_pattern(std::string_view pattern) {
    const std::vector<std::string_view> characters = split_characters(pattern);
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < characters.size(); ++i) {
        std::string pair(characters[i]);
        if (pair == "\\" && i + 1 < characters.size()) pair += characters[++i];
        pairs.push_back(std::move(pair));
    }
    std::string reversed;
    for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) reversed += *pair;
    return reversed;
}

std::string remove_prefix(std::string_view value, std::string_view pattern, ShellPattern::Preference preference) {
    MatchEffort effort;
    const auto end = ShellPattern::parse(pattern).match_at(value, 0, preference, effort);
    return std::string(value.substr(end.value_or(0)));
}

std::string remove_suffix(std::string_view value, std::string_view pattern, ShellPattern::Preference preference) {
    return reverse_characters(remove_prefix(reverse_characters(value), reverse_shell_pattern(pattern), preference));
}

namespace {

/// A name behind `$`, as in `name` or `{name}`, and how many bytes it takes; nothing where there is none.
std::optional<std::pair<std::string_view, std::size_t>> read_group_name(std::string_view text) {
    const bool has_braces = text.starts_with('{');
    std::size_t end = has_braces ? 1 : 0;
    while (end < text.size()) {
        const DecodedCharacter next = decode_character(text.substr(end));
        if (!is_letter(next.value) && !is_digit(next.value) && next.value != U'_') break;
        end += next.length;
    }
    const std::size_t begin = has_braces ? 1 : 0;
    if (end == begin || (has_braces && text.substr(end, 1) != "}")) return std::nullopt;
    return std::pair(text.substr(begin, end - begin), end + (has_braces ? 1 : 0));
}

/// What stands for a match where all are replaced: of regular expressions in Go, as BuildKit takes them, `$0` is the
/// match, any other `$name` a group that a pattern never has, and `$$` a dollar.
std::string expand_groups(std::string_view replacement, std::string_view match) {
    std::string result;
    while (!replacement.empty()) {
        const std::size_t dollar = replacement.find('$');
        result += replacement.substr(0, dollar);
        if (dollar == std::string_view::npos) break;
        replacement.remove_prefix(dollar + 1);
        if (replacement.starts_with('$')) {
            result += '$';
            replacement.remove_prefix(1);
        } else if (const auto group = read_group_name(replacement)) {
            if (group->first == "0") result += match;
            replacement.remove_prefix(group->second);
        } else {
            result += '$';
        }
    }
    return result;
}

}  // namespace

std::string replace_matches(std::string_view value, std::string_view pattern, std::string_view replacement, bool all,
                            std::size_t limit_bytes) {
    const ShellPattern compiled = ShellPattern::parse(pattern);
    std::string result;
    MatchEffort effort;
    std::size_t copied = 0;
    for (std::size_t position = 0; position <= value.size();) {
        const auto match = compiled.search(value, position, effort);
        if (!match) break;
        result += value.substr(copied, match->start - copied);
        // An empty match right behind another match is not replaced again.
        const std::string_view matched = value.substr(match->start, match->end - match->start);
        if (match->end > copied || match->start == 0)
            result += all ? expand_groups(replacement, matched) : std::string(replacement);
        if (result.size() > limit_bytes)
            throw runtime::Error("with its variables expanded, the text is longer than {} bytes", limit_bytes);
        copied = match->end;
        if (!all) break;
        const std::size_t step = std::max<std::size_t>(1, decode_character(value.substr(position)).length);
        position = std::max(match->end, position + step);
    }
    return result += value.substr(copied);
}

}  // namespace builder
