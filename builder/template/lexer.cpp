#include "builder/template/lexer.hpp"

#include <algorithm>
#include <cctype>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

using Kind = TemplateToken::Kind;

constexpr std::string_view blanks = " \t\r\n";

bool is_name(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || (byte & 0x80) != 0;
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<TemplateToken> run() {
        bool trims = false;
        while (position_ < text_.size()) {
            const std::size_t open = std::min(text_.find("{{", position_), text_.size());
            take_text(open, trims);
            if (open == text_.size()) break;
            trims = take_action(open);
        }
        add(Kind::end, "", text_.size());
        return std::move(tokens_);
    }

private:
    void add(Kind kind, std::string text, std::size_t position) {
        tokens_.push_back({kind, std::move(text), position});
    }
    bool trims_left(std::size_t open) const {
        return text_.substr(open, 3) == "{{-" && open + 3 < text_.size() &&
               blanks.find(text_[open + 3]) != std::string_view::npos;
    }

    void take_text(std::size_t end, bool trims_start) {
        std::string_view piece = text_.substr(position_, end - position_);
        if (trims_start) piece.remove_prefix(std::min(piece.find_first_not_of(blanks), piece.size()));
        if (end < text_.size() && trims_left(end)) piece = piece.substr(0, piece.find_last_not_of(blanks) + 1);
        if (!piece.empty()) add(Kind::text, std::string(piece), position_);
        position_ = end;
    }

    /// Takes an action to its end, and tells whether the blanks behind it are to go.
    bool take_action(std::size_t open) {
        position_ = open + (trims_left(open) ? 3 : 2);
        const std::size_t inner = std::min(text_.find_first_not_of(blanks, position_), text_.size());
        if (text_.substr(inner, 2) == "/*") return skip_comment(open, inner);
        add(Kind::open, "{{", open);
        for (;;) {
            if (position_ >= text_.size()) throw_bad_template(text_, open, "the action is not closed by }}");
            const std::string_view rest = text_.substr(position_);
            if (rest.starts_with("}}")) return close(2, false);
            if (blanks.find(rest.front()) == std::string_view::npos) {
                take_word();
                continue;
            }
            const std::size_t next = std::min(text_.find_first_not_of(blanks, position_), text_.size());
            if (text_.substr(next, 3) == "-}}") {
                position_ = next;
                return close(3, true);
            }
            add(Kind::blank, " ", position_);
            position_ = next;
        }
    }

    bool close(std::size_t length, bool trims) {
        add(Kind::close, "}}", position_);
        position_ += length;
        return trims;
    }

    bool skip_comment(std::size_t open, std::size_t inner) {
        const std::size_t end = text_.find("*/", inner + 2);
        if (end == std::string_view::npos) throw_bad_template(text_, open, "the comment is not closed by */");
        position_ = std::min(text_.find_first_not_of(blanks, end + 2), text_.size());
        const bool trims = text_.substr(position_, 3) == "-}}";
        if (!trims && text_.substr(position_, 2) != "}}")
            throw_bad_template(text_, open, "a comment stands alone in its action");
        position_ += trims ? 3 : 2;
        return trims;
    }

    std::string take_name() {
        const std::size_t start = position_;
        while (position_ < text_.size() && is_name(text_[position_])) ++position_;
        return std::string(text_.substr(start, position_ - start));
    }

    void take_word() {
        const std::size_t start = position_;
        const char first = text_[start];
        const char second = start + 1 < text_.size() ? text_[start + 1] : '\0';
        if (first == '"' || first == '`' || first == '\'') return take_quoted(first);
        if (std::isdigit(static_cast<unsigned char>(first)) != 0 ||
            ((first == '-' || first == '+' || first == '.') && std::isdigit(static_cast<unsigned char>(second)) != 0)) {
            ++position_;
            while (position_ < text_.size() && (is_name(text_[position_]) || text_[position_] == '.')) ++position_;
            return add(Kind::number, std::string(text_.substr(start, position_ - start)), start);
        }
        if (first == '.' || first == '$') {
            ++position_;
            std::string name = take_name();
            return first == '.' ? add(Kind::field, std::move(name), start) : add(Kind::variable, "$" + name, start);
        }
        if (is_name(first)) return add(Kind::word, take_name(), start);
        if (first == ':' && second == '=') {
            position_ += 2;
            return add(Kind::symbol, ":=", start);
        }
        if (std::string_view("()|=,").find(first) == std::string_view::npos)
            throw_bad_template(text_, start, std::string("the character ") + first + " means nothing here");
        ++position_;
        add(Kind::symbol, std::string(1, first), start);
    }

    void take_quoted(char quote) {
        const std::size_t start = position_++;
        std::string value;
        while (position_ < text_.size() && text_[position_] != quote) {
            if (text_[position_] == '\\' && quote != '`' && position_ + 1 < text_.size()) {
                ++position_;
                value += unescaped(text_[position_]);
            } else {
                value += text_[position_];
            }
            ++position_;
        }
        if (position_ >= text_.size()) throw_bad_template(text_, start, "the text in quotes is not closed");
        ++position_;
        add(quote == '\'' ? Kind::character : Kind::string, std::move(value), start);
    }

    static char unescaped(char byte) {
        switch (byte) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            default:
                return byte;
        }
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::vector<TemplateToken> tokens_;
};

}  // namespace

void throw_bad_template(std::string_view text, std::size_t position, const std::string& what) {
    // An action without an end is no template at all.
    const char* const kind =
        what.find("not closed") != std::string_view::npos ? "invalid format provided" : "template parsing error";
    throw runtime::Error("{}: the template {} is wrong at character {}: {}", kind, runtime::quoted(text), position + 1,
                         what)
        .with_hint("it is a template of Go: {{.Name}} prints a field, {{json .}} everything");
}

std::vector<TemplateToken> split_template(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace builder
