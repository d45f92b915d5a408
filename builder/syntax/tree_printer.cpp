#include "builder/syntax/tree_printer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "builder/syntax/instructions.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

std::string escape_like_go(std::string_view written, const DecodedCharacter& character) {
    constexpr std::string_view named = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view names = "abfnrtv\\\"";
    const char32_t value = character.value;
    if (!character.is_valid) return fmt::format("\\x{:02x}", static_cast<unsigned char>(written.front()));
    if (value < 0x80) {
        const std::size_t index = named.find(static_cast<char>(value));
        if (index != std::string_view::npos) return std::string("\\") + names[index];
    }
    if (is_printable(value)) return std::string(written);
    if (value < 0x80) return fmt::format("\\x{:02x}", static_cast<unsigned>(value));
    if (value < 0x10000) return fmt::format("\\u{:04x}", static_cast<unsigned>(value));
    return fmt::format("\\U{:08x}", static_cast<unsigned>(value));
}

bool is_known(const RawNode& node) {
    const auto keywords = instruction_keywords();
    return std::find(keywords.begin(), keywords.end(), to_upper(node.keyword.text)) != keywords.end();
}

std::string print_node(const RawNode& node) {
    std::string text = "(" + to_lower(node.keyword.text);
    if (!node.flags.empty()) {
        text += " [";
        for (const RawWord& flag : node.flags)
            text += (&flag == &node.flags.front() ? "" : " ") + quote_like_go(flag.text);
        text += "]";
    }
    for (const RawNode& trigger : node.trigger) text += " " + print_node(trigger);
    for (const RawWord& argument : node.arguments) text += " " + quote_like_go(argument.text);
    if (!is_known(node)) text += " \"\"";
    return text + ")";
}

ordered_json place_json(const Location& location) {
    ordered_json json = {{"line", location.line}, {"last_line", location.last_line}};
    if (location.column > 0) json.update({{"column", location.column}, {"length", location.length}});
    return json;
}

ordered_json words_json(const std::vector<RawWord>& words) {
    ordered_json array = ordered_json::array();
    for (const RawWord& word : words) array.push_back({{"text", word.text}, {"place", place_json(word.location)}});
    return array;
}

ordered_json heredocs_json(const std::vector<Heredoc>& heredocs) {
    ordered_json array = ordered_json::array();
    for (const Heredoc& heredoc : heredocs)
        array.push_back({{"name", heredoc.name},
                         {"content", heredoc.content},
                         {"expand", heredoc.expand},
                         {"chomp", heredoc.chomp},
                         {"descriptor", heredoc.descriptor},
                         {"place", place_json(heredoc.location)}});
    return array;
}

ordered_json node_json(const RawNode& node) {
    ordered_json json = {{"keyword", node.keyword.text},    {"place", place_json(node.location)},
                         {"flags", words_json(node.flags)}, {"arguments", words_json(node.arguments)},
                         {"json_form", node.is_json},       {"heredocs", heredocs_json(node.heredocs)}};
    if (!node.trigger.empty()) json["trigger"] = node_json(node.trigger.front());
    return json;
}

}  // namespace

std::string quote_like_go(std::string_view text) {
    std::string result = "\"";
    while (!text.empty()) {
        const DecodedCharacter character = decode_character(text);
        result += escape_like_go(text.substr(0, character.length), character);
        text.remove_prefix(character.length);
    }
    return result + "\"";
}

std::string print_sexpr(const RawFile& file) {
    std::string text;
    for (const RawNode& node : file.nodes) text += print_node(node) + "\n";
    return text;
}

std::string print_json(const RawFile& file) {
    ordered_json directives = ordered_json::array();
    for (const Directive& directive : file.directives)
        directives.push_back(
            {{"name", directive.name}, {"value", directive.value}, {"place", place_json(directive.location)}});
    ordered_json instructions = ordered_json::array();
    for (const RawNode& node : file.nodes) instructions.push_back(node_json(node));
    const ordered_json document = {
        {"escape", std::string(1, file.escape)}, {"directives", directives}, {"instructions", instructions}};
    return runtime::harmless_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + "\n";
}

}  // namespace builder
