#include "runtime/base/toml.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

using nlohmann::json;

json converted(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        json object = json::object();
        for (const auto& [name, value] : *table) object[std::string(name.str())] = converted(value);
        return object;
    }
    if (const auto* array = node.as_array()) {
        json list = json::array();
        for (const toml::node& value : *array) list.push_back(converted(value));
        return list;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    return "";
}

/// Each dot of a key is a table in a table, and toml++ bounds only how deep values are nested: a key of many thousand
/// dots would take the whole stack.
void refuse_deep_keys(const std::string& text, const std::string& path) {
    constexpr std::ptrdiff_t most_dots = 500;
    std::size_t number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        const std::string_view key = line.substr(0, line.find('='));
        if (std::count(key.begin(), key.end(), '.') > most_dots)
            throw Error("cannot use {}: a key of more than {} parts in line {}", quoted(path), most_dots, number);
        begin = end + 1;
    }
}

}  // namespace

json parse_toml(const std::string& text, const std::string& path) {
    refuse_deep_keys(text, path);
    try {
        return converted(toml::parse(text, path));
    } catch (const toml::parse_error& problem) {
        throw Error("cannot use {}: {} in line {}", quoted(path), problem.description(), problem.source().begin.line);
    }
}

}  // namespace runtime
