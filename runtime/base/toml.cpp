#include "runtime/base/toml.hpp"

#include <nlohmann/json.hpp>

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

}  // namespace

json parse_toml(const std::string& text, const std::string& path) {
    try {
        return converted(toml::parse(text, path));
    } catch (const toml::parse_error& problem) {
        throw Error("cannot use {}: {} in line {}", quoted(path), problem.description(), problem.source().begin.line);
    }
}

}  // namespace runtime
