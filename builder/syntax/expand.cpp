#include "builder/syntax/expand.hpp"

#include <utility>

#include "builder/syntax/shell_pattern.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using Preference = ShellPattern::Preference;

constexpr unsigned deepest_nesting = 200;

/// Collects a text and, beside it, the words that it falls into.
class Collector {
public:
    /// All collectors of one expansion share the word that has been started, see Expander::read_operand.
    explicit Collector(std::string& started_word) : started_word_(started_word) {}

    /// A character that splits words when it is white space.
    void add(std::string_view character) {
        grow(character);
        add_to_words(character);
    }
    /// Text that never splits: quoted or escaped.
    void add_raw(std::string_view text) {
        grow(text);
        started_word_ += text;
    }
    /// An unquoted value, which splits.
    void add_value(std::string_view value) {
        grow(value);
        for (const std::string_view character : split_characters(value)) add_to_words(character);
    }

    std::string take_text() { return std::move(text_); }
    std::vector<std::string> take_words() {
        finish_word();
        return std::move(words_);
    }

private:
    void grow(std::string_view text) {
        if (text.size() > expansion_limit_bytes - text_.size())
            throw runtime::Error("with its variables expanded, the text is longer than {} bytes",
                                 expansion_limit_bytes);
        text_ += text;
    }
    void add_to_words(std::string_view character) {
        if (is_space(decode_character(character).value))
            finish_word();
        else
            started_word_ += character;
    }
    void finish_word() {
        if (!started_word_.empty()) words_.push_back(std::exchange(started_word_, {}));
    }

    std::string text_;
    std::string& started_word_;
    std::vector<std::string> words_;
};

class Expander {
public:
    Expander(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options)
        : text_(text), lookup_(lookup), options_(options), keeps_escapes_(options.keep_escapes) {}

    Expansion run() {
        Collector all(started_word_);
        read_until(std::nullopt, options_.keep_escapes, all);
        return {all.take_text(), all.take_words(), std::move(use_)};
    }

private:
    [[noreturn]] void fail(std::string_view reason) const {
        throw runtime::Error("cannot expand {}: {}", runtime::quoted(text_), reason);
    }
    bool at_end() const { return position_ >= text_.size(); }
    bool next_is(char byte) const { return !at_end() && text_[position_] == byte; }
    std::string_view peek() const {
        const std::string_view rest = text_.substr(position_);
        return rest.substr(0, decode_character(rest).length);
    }
    std::string_view take() {
        const std::string_view character = peek();
        position_ += character.size();
        return character;
    }
    bool is_escape(std::string_view character) const { return character == std::string_view(&options_.escape, 1); }

    void read_until(std::optional<char> stop, bool keeps_escapes, Collector& collector);
    bool read_plain(Collector& collector);
    std::string read_single_quoted();
    std::string read_double_quoted();
    std::string read_possible_heredoc();
    std::string read_dollar();
    std::string read_braces();
    std::string read_name();
    std::string read_operand(char stop, bool keeps_escapes);
    std::string apply_condition(const std::string& name, std::string_view written, char operation, bool empty_is_unset);
    std::string apply_trim(const std::string& name, char operation);
    std::string apply_replace(const std::string& name);
    std::optional<std::string> look_up(const std::string& name);

    std::string_view text_;
    const VariableLookup& lookup_;
    const ExpandOptions& options_;
    bool keeps_escapes_;
    std::size_t position_ = 0;
    unsigned depth_ = 0;
    std::string started_word_;
    VariableUse use_;
};

void Expander::read_until(std::optional<char> stop, bool keeps_escapes, Collector& collector) {
    if (++depth_ > deepest_nesting) fail("the variables are nested too deeply");
    const bool kept_escapes = std::exchange(keeps_escapes_, keeps_escapes);
    bool is_closed = !stop;
    while (!at_end()) {
        if (stop && next_is(*stop)) {
            ++position_;
            is_closed = true;
            break;
        }
        if (next_is('$')) {
            collector.add_value(read_dollar());
        } else if (next_is('<')) {
            collector.add_raw(read_possible_heredoc());
        } else if (next_is('\'') && !options_.ignore_quotes) {
            collector.add_raw(read_single_quoted());
        } else if (next_is('"') && !options_.ignore_quotes) {
            collector.add_raw(read_double_quoted());
        } else if (!read_plain(collector)) {
            break;
        }
    }
    if (!is_closed) fail(fmt::format("missing '{}'", *stop));
    keeps_escapes_ = kept_escapes;
    --depth_;
}

/// Reads a character that has no meaning of its own, or an escaped one; false when the text ends within it.
bool Expander::read_plain(Collector& collector) {
    const std::string_view character = take();
    if (!is_escape(character)) {
        collector.add(character);
        return true;
    }
    if (keeps_escapes_) collector.add_raw(character);
    if (at_end()) return false;
    collector.add_raw(take());
    return true;
}

std::string Expander::read_single_quoted() {
    const std::size_t start = position_++;
    const std::size_t end = text_.find('\'', position_);
    if (end == std::string_view::npos) fail("missing the closing single quote");
    position_ = end + 1;
    return std::string(options_.keep_quotes ? text_.substr(start, end + 1 - start)
                                            : text_.substr(start + 1, end - start - 1));
}

std::string Expander::read_double_quoted() {
    std::string result;
    ++position_;
    if (options_.keep_quotes) result += '"';
    while (!at_end()) {
        if (next_is('"')) {
            ++position_;
            if (options_.keep_quotes) result += '"';
            return result;
        }
        if (next_is('$')) {
            result += read_dollar();
            continue;
        }
        std::string_view character = take();
        if (is_escape(character)) {
            if (keeps_escapes_) result += character;
            if (at_end()) break;
            // Before any other character the escape stays and stands for itself.
            if (next_is('"') || next_is('$') || next_is(options_.escape)) character = take();
        }
        result += character;
    }
    fail("missing the closing double quote");
}

/// `<<` with the blanks behind it, so that they do not split the name of a here-document off.
std::string Expander::read_possible_heredoc() {
    const std::size_t start = position_++;
    if (next_is('<')) {
        ++position_;
        while (next_is(' ') || next_is('\t') || next_is('\r') || next_is('\n')) ++position_;
    }
    return std::string(text_.substr(start, position_ - start));
}

std::string Expander::read_dollar() {
    ++position_;
    if (next_is('{')) return read_braces();
    const std::string name = read_name();
    if (name.empty()) return "$";
    const auto value = look_up(name);
    if (!value && options_.keep_unset) return "$" + name;
    return value.value_or("");
}

std::string Expander::read_braces() {
    ++position_;
    if (at_end()) fail("missing '}'");
    if (next_is('{') || next_is('}') || next_is(':')) fail("bad substitution, a name must follow '${'");
    const std::string name = read_name();
    if (at_end()) fail("missing '}'");
    std::string written(take());
    if (written == "}") {
        const auto value = look_up(name);
        if (!value && options_.keep_unset) return "${" + name + "}";
        return value.value_or("");
    }
    const bool empty_is_unset = written == ":";
    if (empty_is_unset) written += take();
    const char operation = written.back();
    if (operation == '+' || operation == '-' || operation == '?')
        return apply_condition(name, written, operation, empty_is_unset);
    if (!empty_is_unset && (operation == '#' || operation == '%')) return apply_trim(name, operation);
    if (!empty_is_unset && operation == '/') return apply_replace(name);
    fail(fmt::format("unsupported modifier ({}) in substitution", written));
}

std::string Expander::read_name() {
    const std::size_t start = position_;
    if (!at_end() && is_digit(decode_character(peek()).value)) {
        while (!at_end() && is_digit(decode_character(peek()).value)) take();
    } else if (!at_end() && std::string_view("@*#?-$!").find(text_[position_]) != std::string_view::npos) {
        ++position_;
    } else {
        while (!at_end()) {
            const char32_t character = decode_character(peek()).value;
            if (!is_letter(character) && !is_digit(character) && character != '_') break;
            take();
        }
    }
    return std::string(text_.substr(start, position_ - start));
}

/// Reads what stands behind an operator. The frontend that defines the language begins a new word at every operand:
/// what is written directly in front of ${name:-word} is missing in the words of the whole (not in its text).
std::string Expander::read_operand(char stop, bool keeps_escapes) {
    Collector operand(started_word_);
    read_until(stop, keeps_escapes, operand);
    started_word_.clear();
    return operand.take_text();
}

std::string Expander::apply_condition(const std::string& name, std::string_view written, char operation,
                                      bool empty_is_unset) {
    const std::string word = read_operand('}', false);
    const auto value = look_up(name);
    if (!value && options_.keep_unset) return fmt::format("${{{}{}{}}}", name, written, word);
    const bool counts_as_set = value && !(empty_is_unset && value->empty());
    if (operation == '-') return counts_as_set ? *value : word;
    if (operation == '+') return counts_as_set ? word : "";
    if (counts_as_set) return *value;
    const std::string_view message = value ? "is not allowed to be empty" : "is not allowed to be unset";
    fail(fmt::format("{}: {}", name, word.empty() ? message : word));
}

std::string Expander::apply_trim(const std::string& name, char operation) {
    std::string pattern = read_operand('}', true);
    const auto value = look_up(name);
    if (!value && options_.keep_unset) return fmt::format("${{{}{}{}}}", name, operation, pattern);
    const bool is_longest = !pattern.empty() && pattern.front() == operation;
    if (is_longest) pattern.erase(0, 1);
    const auto preference = is_longest ? Preference::longest : Preference::shortest;
    return operation == '#' ? remove_prefix(value.value_or(""), pattern, preference)
                            : remove_suffix(value.value_or(""), pattern, preference);
}

std::string Expander::apply_replace(const std::string& name) {
    const bool replaces_all = next_is('/');
    if (replaces_all) ++position_;
    const std::string pattern = read_operand('/', true);
    const std::string replacement = read_operand('}', true);
    const auto value = look_up(name);
    if (!value && options_.keep_unset) return fmt::format("${{{}/{}/{}}}", name, pattern, replacement);
    return replace_matches(value.value_or(""), pattern, replacement, replaces_all, expansion_limit_bytes);
}

std::optional<std::string> Expander::look_up(const std::string& name) {
    auto value = lookup_ ? lookup_(name) : std::nullopt;
    (value ? use_.found : use_.unset).insert(name);
    return value;
}

}  // namespace

Expansion expand(std::string_view text, const VariableLookup& lookup, const ExpandOptions& options) {
    return Expander(text, lookup, options).run();
}

std::string process_word(std::string_view text, const VariableLookup& lookup, char escape, VariableUse* use) {
    ExpandOptions options;
    options.escape = escape;
    Expansion expansion = expand(text, lookup, options);
    if (use) {
        use->found.merge(expansion.use.found);
        use->unset.merge(expansion.use.unset);
    }
    return std::move(expansion.word);
}

std::vector<std::string> process_words(std::string_view text, const VariableLookup& lookup, char escape,
                                       VariableUse* use) {
    ExpandOptions options;
    options.escape = escape;
    Expansion expansion = expand(text, lookup, options);
    if (use) {
        use->found.merge(expansion.use.found);
        use->unset.merge(expansion.use.unset);
    }
    return std::move(expansion.words);
}

}  // namespace builder
