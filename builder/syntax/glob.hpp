// Paths as text: wildcards of COPY and ADD, and the shortest form of a path.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace builder {

/// A pattern of one or more path components: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are one character,
/// a backslash takes the next character literally.
class Glob {
public:
    /// Throws Error for a malformed pattern.
    static Glob parse(std::string_view pattern);

    /// True when the pattern matches the whole name.
    bool matches(std::string_view name) const;

private:
    struct Token {
        enum class Kind { literal, any_one, one_of };
        Kind kind = Kind::literal;
        char byte = '\0';
        bool is_negated = false;
        std::vector<std::pair<char32_t, char32_t>> ranges;
    };
    /// Tokens without a star between them; `after_star` says that a star stands in front.
    struct Chunk {
        bool after_star = false;
        std::vector<Token> tokens;
    };

    static Token parse_class(std::string_view pattern, std::size_t& position);
    static bool match_token(const Token& token, std::string_view& name);
    static bool match_chunk(const Chunk& chunk, std::string_view& name);

    std::vector<Chunk> chunks_;
};

/// True when the text has a character with a meaning in a pattern.
bool has_wildcard(std::string_view text);

/// Glob::parse(pattern).matches(name).
bool path_match(std::string_view pattern, std::string_view name);

/// The shortest path of the same meaning: no empty and no `.` components, `..` resolved as text, "." for nothing.
std::string clean_path(std::string_view path);

}  // namespace builder
