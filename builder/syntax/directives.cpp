#include "builder/syntax/directives.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/syntax/source_text.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

bool is_name(std::string_view text) {
    const auto is_alphanumeric = [](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    };
    return !text.empty() && !is_digit(static_cast<unsigned char>(text.front())) &&
           std::all_of(text.begin(), text.end(), is_alphanumeric);
}

std::optional<Directive> find_in_comments(std::string_view name, const SourceText& source, std::string_view mark) {
    const std::size_t first = source.line(1).starts_with("#!") ? 2 : 1;
    std::set<std::string> seen;
    for (std::size_t number = first; number <= source.line_count(); ++number) {
        auto directive = parse_directive_line(source.line(number), mark);
        if (!directive || !seen.insert(directive->name).second) return std::nullopt;
        if (directive->name != name) continue;
        directive->location.line = directive->location.last_line = static_cast<unsigned>(number);
        return directive;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Directive> parse_directive_line(std::string_view line, std::string_view comment_mark) {
    if (!line.starts_with(comment_mark)) return std::nullopt;
    line = trim(line.substr(comment_mark.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    Directive directive;
    directive.name = to_lower(trim_end(line.substr(0, equals)));
    directive.value = trim_start(line.substr(equals + 1));
    const bool is_known = directive.name == "syntax" || directive.name == "escape" || directive.name == "check";
    if (!is_name(directive.name) || !is_known || directive.value.empty()) return std::nullopt;
    return directive;
}

std::optional<Directive> find_directive(std::string_view name, std::string_view text, bool any_format) {
    const SourceText source("", std::string(text));
    if (auto directive = find_in_comments(name, source, "#")) return directive;
    if (!any_format) return std::nullopt;
    if (auto directive = find_in_comments(name, source, "//")) return directive;
    const auto json = nlohmann::json::parse(source.text(), nullptr, false);
    const auto field = json.is_object() ? json.find(name) : json.end();
    if (!json.is_object() || field == json.end() || !field->is_string()) return std::nullopt;
    return Directive{std::string(name), field->get<std::string>(), Location{1, 1, 0, 0}};
}

}  // namespace builder
