#include "builder/syntax/language_queries.hpp"

#include <nlohmann/json.hpp>

#include "builder/syntax/expand.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/raw_nodes.hpp"
#include "builder/syntax/tree_printer.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using nlohmann::json;
using runtime::Error;

json parse_query(std::string_view line) {
    json query = json::parse(line, nullptr, false);
    if (!query.is_object()) throw Error("the query {} is no JSON object", runtime::quoted(line));
    return query;
}

std::string text_field(const json& query, const char* name, std::optional<std::string> otherwise = std::nullopt) {
    const auto field = query.find(name);
    if (field == query.end() && otherwise) return *otherwise;
    if (field == query.end() || !field->is_string()) throw Error("the query has no text {}", runtime::quoted(name));
    return field->get<std::string>();
}

std::string print(const json& answer) {
    return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

VariableLookup lookup_of(const json& query) {
    const json environment = query.contains("env") ? query["env"] : json::object();
    if (!environment.is_object()) throw Error("'env' of the query is no object");
    return [environment](std::string_view name) -> std::optional<std::string> {
        const auto value = environment.find(name);
        if (value == environment.end() || !value->is_string()) return std::nullopt;
        return value->get<std::string>();
    };
}

}  // namespace

std::string answer_expand_query(std::string_view line) {
    const json query = parse_query(line);
    const std::string input = text_field(query, "input");
    const std::string escape = text_field(query, "escape", "\\");
    if (escape != "\\" && escape != "`")
        throw Error("the escape character {} is neither \\ nor `", runtime::quoted(escape));
    json answer = {{"input", input}, {"escape", escape}};
    const VariableLookup lookup = lookup_of(query);
    try {
        ExpandOptions options;
        options.escape = escape.front();
        const Expansion expansion = expand(input, lookup, options);
        answer["word"] = expansion.word;
        answer["words"] = expansion.words;
    } catch (const Error&) {
        answer["word_error"] = true;
        answer["words_error"] = true;
    }
    return print(answer);
}

std::string answer_ignore_query(std::string_view line) {
    json answer = parse_query(line);
    const std::string path = text_field(answer, "path");
    std::vector<std::string> patterns;
    const json list = answer.contains("patterns") ? answer["patterns"] : json::array();
    for (const json& pattern : list) {
        if (!pattern.is_string()) throw Error("a pattern of the query is no text");
        patterns.push_back(pattern.get<std::string>());
    }
    try {
        answer["excluded"] = IgnoreMatcher(patterns).excludes(path);
    } catch (const Error&) {
        answer["error"] = true;
    }
    return print(answer);
}

std::string answer_reference_query(std::string_view line) {
    const json query = parse_query(line);
    const std::string input = text_field(query, "input");
    json answer = {{"input", input}};
    try {
        const registry::Reference reference = registry::Reference::parse(input);
        answer["valid"] = true;
        answer["canonical"] = reference.text();
        answer["familiar"] = reference.familiar_text();
        answer["domain"] = reference.domain();
        answer["path"] = reference.path();
        // As Docker prints it: a tag beside a digest is kept, though the digest alone says what is fetched.
        answer["pull"] = (reference.digest() ? reference : reference.for_pull()).text();
    } catch (const Error&) {
        answer["valid"] = false;
    }
    return print(answer);
}

std::string answer_parse_query(std::string_view line) {
    const json query = parse_query(line);
    const SourceText source("Containerfile", text_field(query, "dockerfile"));
    json answer = json::object();
    try {
        answer["dump"] = print_sexpr(read_raw_nodes(source));
    } catch (const Error& error) {
        answer["error"] = error.full_message();
        if (error.place()) answer["line"] = error.place()->line;
    }
    return print(answer);
}

}  // namespace builder
