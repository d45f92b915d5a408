#include "builder/syntax/ignore_expression.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "builder/syntax/glob.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr char32_t last_character = 0x10ffff;

[[noreturn]] void refuse(std::string_view expression, std::string_view reason) {
    throw runtime::Error("bad pattern: {} in its regular expression {}", reason, runtime::quoted(expression));
}

using Ranges = std::vector<std::pair<char32_t, char32_t>>;

/// \d, \w and their like; empty for other letters.
Ranges named_class(char letter) {
    switch (letter) {
        case 'd':
            return {{'0', '9'}};
        case 'w':
            return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
        case 's':
            return {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
        case 'D':
            return {{0, '/'}, {':', last_character}};
        case 'W':
            return {{0, '/'}, {':', '@'}, {'[', '^'}, {'`', '`'}, {'{', last_character}};
        case 'S':
            return {{0, '\b'}, {'\v', '\v'}, {0xe, 0x1f}, {'!', last_character}};
        default:
            return {};
    }
}

/// All characters that are in none of the ranges, which are in order.
Ranges others(const Ranges& ranges) {
    Ranges result;
    char32_t next = 0;
    for (const auto& [first, last] : ranges) {
        if (first > next) result.emplace_back(next, first - 1);
        next = last + 1;
    }
    result.emplace_back(next, last_character);
    return result;
}

/// As RE2 has them: of ASCII only.
const std::map<std::string_view, Ranges>& posix_classes() {
    static const std::map<std::string_view, Ranges> classes = {
        {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
        {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
        {"ascii", {{0, 0x7f}}},
        {"blank", {{'\t', '\t'}, {' ', ' '}}},
        {"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
        {"digit", {{'0', '9'}}},
        {"graph", {{'!', '~'}}},
        {"lower", {{'a', 'z'}}},
        {"print", {{' ', '~'}}},
        {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
        {"space", {{'\t', '\r'}, {' ', ' '}}},
        {"upper", {{'A', 'Z'}}},
        {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
        {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}}};
    return classes;
}

bool is_word_byte(std::optional<char32_t> character) {
    return character && (*character == '_' || (*character >= '0' && *character <= '9') ||
                         ((*character | 0x20) >= 'a' && (*character | 0x20) <= 'z'));
}

}  // namespace

/// Reads the part of regular expressions that patterns translate into.
class IgnoreExpression::StepParser {
public:
    explicit StepParser(std::string_view text) : text_(text) {}

    std::vector<Step> parse() {
        while (position_ < text_.size()) read_step();
        return std::move(steps_);
    }

private:
    bool take(std::string_view part) {
        if (!text_.substr(position_).starts_with(part)) return false;
        position_ += part.size();
        return true;
    }

    void read_step() {
        Step step;
        if (take("(.*/)?")) {
            step.kind = Step::Kind::may_skip_dirs;
            steps_.push_back(step);
            step.kind = Step::Kind::skip_dirs;
            steps_.push_back(step);
            return;
        }
        if (take("\\Q")) return read_quoted();
        if (const auto kind = take_place()) {
            step.kind = *kind;
            steps_.push_back(step);
            return;
        }
        if (take(".")) {
            step.is_negated = true;
            step.ranges = {{'\n', '\n'}};
        } else if (take("[")) {
            read_class(step);
        } else if (text_[position_] == '\\') {
            step.ranges = read_escape(&step.literal);
        } else {
            step.literal = take_character(step.ranges);
        }
        if (take("*"))
            step.kind = Step::Kind::many;
        else if (take("?"))
            step.kind = Step::Kind::optional;
        steps_.push_back(std::move(step));
    }

    std::optional<Step::Kind> take_place() {
        if (take("^") || take("\\A")) return Step::Kind::at_start;
        if (take("\\z")) return Step::Kind::at_end;
        if (take("\\b")) return Step::Kind::at_word_edge;
        if (take("\\B")) return Step::Kind::off_word_edge;
        return std::nullopt;
    }

    std::string take_character(Ranges& ranges) {
        const DecodedCharacter character = decode_character(text_.substr(position_));
        if (character.length == 0) refuse(text_, "something is missing");
        const std::string written(text_.substr(position_, character.length));
        position_ += character.length;
        ranges = {{character.value, character.value}};
        return character.is_valid ? written : std::string();
    }

    Ranges read_escape(std::string* literal) {
        ++position_;
        const char letter = position_ < text_.size() ? text_[position_] : '\0';
        if (Ranges ranges = named_class(letter); !ranges.empty()) {
            ++position_;
            return ranges;
        }
        constexpr std::string_view letters = "afnrtv";
        constexpr std::string_view values = "\a\f\n\r\t\v";
        if (const std::size_t index = letters.find(letter); index != std::string_view::npos) {
            ++position_;
            const auto value = static_cast<unsigned char>(values[index]);
            return {{value, value}};
        }
        if (const auto code = read_code(letter)) return {{*code, *code}};
        const auto character = static_cast<unsigned char>(letter);
        const bool stands_for_itself =
            character != 0 && character < 0x80 && !is_letter(character) && !is_digit(character);
        if (!stands_for_itself) refuse(text_, fmt::format("invalid escape \\{}", letter));
        Ranges ranges;
        const std::string written = take_character(ranges);
        if (literal) *literal = written;
        return ranges;
    }

    /// \x41 and \101, of which a single digit that is no zero would be a reference to a group.
    std::optional<char32_t> read_code(char letter) {
        const auto is_octal = [&](std::size_t at) { return at < text_.size() && text_[at] >= '0' && text_[at] <= '7'; };
        if (letter == 'x') return read_digits(position_ + 1, 2, 16);
        if (!is_octal(position_) || (letter != '0' && !is_octal(position_ + 1))) return std::nullopt;
        std::size_t count = 1;
        while (count < 3 && is_octal(position_ + count)) ++count;
        return read_digits(position_, count, 8);
    }

    char32_t read_digits(std::size_t start, std::size_t count, int base) {
        const std::string_view digits = text_.substr(start, count);
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (digits.size() != count || error != std::errc() || end != digits.data() + count)
            refuse(text_, "an invalid number of a character");
        position_ = start + count;
        return value;
    }

    /// \Q*text*\E: what stands between is taken as it is.
    void read_quoted() {
        const std::size_t end = std::min(text_.find("\\E", position_), text_.size());
        while (position_ < end) {
            Step step;
            step.literal = take_character(step.ranges);
            steps_.push_back(std::move(step));
        }
        take("\\E");
    }

    /// "[:alpha:]" within brackets.
    Ranges read_named_class() {
        for (const auto& [name, ranges] : posix_classes()) {
            if (take(fmt::format("[:{}:]", name))) return ranges;
            if (take(fmt::format("[:^{}:]", name))) return others(ranges);
        }
        if (text_.substr(position_).starts_with("[:") && text_.find(":]", position_) != std::string_view::npos)
            refuse(text_, "an unknown class");
        return {};
    }

    void read_class(Step& step) {
        step.is_negated = take("^");
        for (bool is_first = true; is_first || !take("]"); is_first = false) {
            if (position_ >= text_.size()) refuse(text_, "missing ']'");
            if (const Ranges named = read_named_class(); !named.empty()) {
                step.ranges.insert(step.ranges.end(), named.begin(), named.end());
                continue;
            }
            Ranges ranges = read_class_character();
            const bool is_range = text_.substr(position_).starts_with('-') && text_.substr(position_, 2) != "-]" &&
                                  position_ + 1 < text_.size() && ranges.size() == 1;
            if (is_range) {
                ++position_;
                const Ranges last = read_class_character();
                if (last.size() != 1 || last.front().first < ranges.front().first) refuse(text_, "invalid range");
                ranges.front().second = last.front().second;
            }
            step.ranges.insert(step.ranges.end(), ranges.begin(), ranges.end());
        }
    }

    Ranges read_class_character() {
        if (position_ < text_.size() && text_[position_] == '\\') return read_escape(nullptr);
        Ranges ranges;
        take_character(ranges);
        return ranges;
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::vector<Step> steps_;
};

bool IgnoreExpression::Step::holds(char32_t character) const {
    const auto is_in = [&](const auto& range) { return range.first <= character && character <= range.second; };
    return std::any_of(ranges.begin(), ranges.end(), is_in) != is_negated;
}

std::string IgnoreExpression::to_regular_expression(std::string_view pattern, Kind& kind) {
    std::string expression;
    kind = Kind::exact;
    for (std::size_t position = 0; position < pattern.size();) {
        const bool is_first = position == 0;
        const char byte = pattern[position++];
        if (byte == '*' && pattern.substr(position).starts_with('*')) {
            ++position;
            if (pattern.substr(position).starts_with('/')) ++position;
            if (position == pattern.size()) {
                expression += ".*";
                kind = kind == Kind::exact ? Kind::prefix : Kind::general;
            } else {
                expression += "(.*/)?";
                kind = Kind::general;
            }
            if (is_first) kind = Kind::suffix;
        } else if (byte == '*' || byte == '?') {
            expression += byte == '*' ? "[^/]*" : "[^/]";
            kind = Kind::general;
        } else if (std::string_view(".+()|{}$").find(byte) != std::string_view::npos) {
            expression += std::string("\\") + byte;
        } else if (byte == '\\' && position < pattern.size()) {
            const std::size_t length = decode_character(pattern.substr(position)).length;
            expression += "\\" + std::string(pattern.substr(position, length));
            position += length;
            kind = Kind::general;
        } else {
            expression += byte;
            if (byte == '[' || byte == ']') kind = Kind::general;
        }
    }
    return expression;
}

IgnoreExpression IgnoreExpression::parse(std::string_view pattern) {
    Glob::parse(pattern);
    IgnoreExpression result;
    const std::string regular_expression = to_regular_expression(pattern, result.kind_);
    result.text_ = pattern;
    if (result.kind_ == Kind::prefix) result.text_.erase(result.text_.size() - 2);
    if (result.kind_ == Kind::suffix) result.text_.erase(0, 2);
    if (result.kind_ == Kind::general) result.steps_ = StepParser(regular_expression).parse();
    result.find_required_text();
    return result;
}

void IgnoreExpression::find_required_text() {
    if (kind_ != Kind::general) {
        // `**/name` also matches a path that is just the name.
        required_text_ = kind_ == Kind::suffix && text_.starts_with('/') ? text_.substr(1) : text_;
        return;
    }
    std::string run;
    for (const Step& step : steps_) {
        if (step.kind == Step::Kind::one && !step.literal.empty())
            run += step.literal;
        else
            run.clear();
        if (run.size() > required_text_.size()) required_text_ = run;
    }
}

bool IgnoreExpression::matches(std::string_view path) const {
    switch (kind_) {
        case Kind::exact:
            return path == text_;
        case Kind::prefix:
            return path.starts_with(text_);
        case Kind::suffix:
            return path.ends_with(text_) || (text_.starts_with('/') && path == std::string_view(text_).substr(1));
        case Kind::general:
            break;
    }
    return read(path, false).back() != 0;
}

bool IgnoreExpression::could_match_below(std::string_view start) const {
    switch (kind_) {
        case Kind::exact:
            return text_.starts_with(start);
        case Kind::prefix:
            return text_.starts_with(start) || start.starts_with(text_);
        case Kind::suffix:
            return true;
        case Kind::general:
            break;
    }
    const States states = read(start, true);
    return std::find(states.begin(), states.end(), 1) != states.end();
}

/// Whether a step that reads nothing is passed there.
bool IgnoreExpression::Gap::fits(Step::Kind kind) const {
    if (kind == Step::Kind::at_start) return !before;
    const bool is_edge = is_word_byte(before) != is_word_byte(after);
    if (kind == Step::Kind::at_end) return !after;
    if (kind == Step::Kind::at_word_edge) return is_edge || (is_open && !after);
    return kind == Step::Kind::off_word_edge && (!is_edge || (is_open && !after));
}

/// Adds the states that are reached without reading anything.
void IgnoreExpression::add_unread(States& states, const Gap& gap) const {
    using StepKind = Step::Kind;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!states[i]) continue;
        const StepKind kind = steps_[i].kind;
        if (kind == StepKind::many || kind == StepKind::optional || kind == StepKind::may_skip_dirs) states[i + 1] = 1;
        if (kind == StepKind::may_skip_dirs) states[i + 2] = 1;
        if (gap.fits(kind)) states[i + 1] = 1;
    }
}

/// All states that reading the text can lead to; state i means that the steps before i have matched.
IgnoreExpression::States IgnoreExpression::read(std::string_view text, bool is_open) const {
    const auto first_of = [](std::string_view rest) {
        return rest.empty() ? std::nullopt : std::optional(decode_character(rest).value);
    };
    States states(steps_.size() + 1);
    States next(steps_.size() + 1);
    states[0] = 1;
    add_unread(states, {std::nullopt, first_of(text), is_open});
    while (!text.empty()) {
        const DecodedCharacter character = decode_character(text);
        text.remove_prefix(character.length);
        std::fill(next.begin(), next.end(), std::uint8_t{0});
        bool is_alive = false;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (!states[i]) continue;
            const Step& step = steps_[i];
            if (step.kind == Step::Kind::skip_dirs) {
                if (character.value != '\n') next[i] = 1;
                if (character.value == '/') next[i + 1] = 1;
                is_alive = true;
            } else if (step.reads() && step.holds(character.value)) {
                next[step.kind == Step::Kind::many ? i : i + 1] = 1;
                is_alive = true;
            }
        }
        states.swap(next);
        if (!is_alive) break;
        add_unread(states, {character.value, first_of(text), is_open});
    }
    return states;
}

}  // namespace builder
