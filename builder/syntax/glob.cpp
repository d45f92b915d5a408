#include "builder/syntax/glob.hpp"

#include <algorithm>

#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

[[noreturn]] void refuse(std::string_view pattern, std::string_view reason) {
    throw runtime::Error("bad pattern {}: {}", runtime::quoted(pattern), reason);
}

/// A character of a class, maybe escaped; a class needs one more character behind it at least.
char32_t take_class_character(std::string_view pattern, std::size_t& position) {
    if (position >= pattern.size()) refuse(pattern, "missing ']'");
    if (pattern[position] == '-' || pattern[position] == ']')
        refuse(pattern, "'-' and ']' must be escaped within brackets");
    if (pattern[position] == '\\') ++position;
    const DecodedCharacter character = decode_character(pattern.substr(std::min(position, pattern.size())));
    if (character.length == 0) refuse(pattern, "missing ']'");
    if (!character.is_valid) refuse(pattern, "it is no valid UTF-8");
    position += character.length;
    if (position >= pattern.size()) refuse(pattern, "missing ']'");
    return character.value;
}

}  // namespace

Glob::Token Glob::parse_class(std::string_view pattern, std::size_t& position) {
    Token token;
    token.kind = Token::Kind::one_of;
    token.is_negated = pattern.substr(position, 1) == "^";
    if (token.is_negated) ++position;
    while (token.ranges.empty() || pattern[position] != ']') {
        const char32_t first = take_class_character(pattern, position);
        char32_t last = first;
        if (pattern[position] == '-') last = take_class_character(pattern, ++position);
        token.ranges.emplace_back(first, last);
    }
    ++position;
    return token;
}

Glob Glob::parse(std::string_view pattern) {
    Glob glob;
    glob.chunks_.emplace_back();
    for (std::size_t position = 0; position < pattern.size();) {
        const char byte = pattern[position++];
        std::vector<Token>& tokens = glob.chunks_.back().tokens;
        if (byte == '*') {
            const bool is_repeated = glob.chunks_.back().after_star && tokens.empty();
            if (!is_repeated) glob.chunks_.push_back({true, {}});
        } else if (byte == '[') {
            tokens.push_back(parse_class(pattern, position));
        } else if (byte == '?') {
            tokens.push_back({Token::Kind::any_one, '\0', false, {}});
        } else {
            if (byte == '\\' && position >= pattern.size()) refuse(pattern, "it ends with an escape");
            tokens.push_back({Token::Kind::literal, byte == '\\' ? pattern[position++] : byte, false, {}});
        }
    }
    return glob;
}

bool Glob::match_token(const Token& token, std::string_view& name) {
    if (name.empty()) return false;
    if (token.kind == Token::Kind::literal) {
        const bool is_same = name.front() == token.byte;
        name.remove_prefix(1);
        return is_same;
    }
    const DecodedCharacter character = decode_character(name);
    name.remove_prefix(character.length);
    if (token.kind == Token::Kind::any_one) return character.value != '/';
    const auto holds = [&](const auto& range) {
        return range.first <= character.value && character.value <= range.second;
    };
    return std::any_of(token.ranges.begin(), token.ranges.end(), holds) != token.is_negated;
}

bool Glob::match_chunk(const Chunk& chunk, std::string_view& name) {
    return std::all_of(chunk.tokens.begin(), chunk.tokens.end(),
                       [&](const Token& token) { return match_token(token, name); });
}

// Each chunk behind a star is put at the first place that fits. That is not always what an exhaustive search would find
// (a negated class may stand for a slash), but it is how the language has always matched.
bool Glob::matches(std::string_view name) const {
    for (const Chunk& chunk : chunks_) {
        const bool is_last = &chunk == &chunks_.back();
        if (chunk.after_star && is_last && chunk.tokens.empty()) return name.find('/') == std::string_view::npos;
        bool is_placed = false;
        for (std::size_t skipped = 0;; ++skipped) {
            std::string_view rest = name.substr(skipped);
            is_placed = match_chunk(chunk, rest) && (!is_last || rest.empty());
            if (is_placed) {
                name = rest;
                break;
            }
            if (!chunk.after_star || skipped >= name.size() || name[skipped] == '/') break;
        }
        if (!is_placed) return false;
    }
    return name.empty();
}

bool has_wildcard(std::string_view text) {
    return text.find_first_of("*?[\\") != std::string_view::npos;
}

bool path_match(std::string_view pattern, std::string_view name) {
    return Glob::parse(pattern).matches(name);
}

std::string clean_path(std::string_view path) {
    const bool is_rooted = path.starts_with('/');
    std::vector<std::string_view> components;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view component = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (component.empty() || component == ".") continue;
        if (component != "..") {
            components.push_back(component);
        } else if (!components.empty() && components.back() != "..") {
            components.pop_back();
        } else if (!is_rooted) {
            components.push_back(component);
        }
    }
    std::string result = is_rooted ? "/" : "";
    for (const std::string_view component : components) {
        if (!result.empty() && result.back() != '/') result += '/';
        result += component;
    }
    return result.empty() ? "." : result;
}

}  // namespace builder
