#include "registry/settings/storage_conf_edit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/settings/user_places.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/base/toml.hpp"
#include "runtime/sys/privileges.hpp"

namespace registry {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::quoted;

constexpr std::string_view key = "additionalimagestores";
constexpr std::string_view table = "storage.options";
constexpr std::size_t nowhere = std::string::npos;

std::string toml_text(const std::string& value) {
    return json(value).dump();  // a basic string is escaped as in JSON
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == nowhere) return "";
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// The name of the table that a line begins; empty where it begins none.
std::string_view table_begun_by(std::string_view line) {
    line = trimmed(line.substr(0, line.find('#')));
    if (line.size() < 2 || line.front() != '[' || line.back() != ']') return "";
    return trimmed(line.substr(1, line.size() - 2));
}

/// Where the interesting parts of the text are; each may be missing.
struct Places {
    std::size_t behind_table = nowhere;  ///< the line after the table's first
    std::size_t line = nowhere;          ///< where the key's line begins
    std::size_t array = nowhere;         ///< behind the "["
    std::size_t array_end = nowhere;     ///< at the "]"
};

/// Of an array whose "[" was passed; strings and comments may hold brackets.
std::size_t end_of_array(const std::string& text, std::size_t at) {
    for (; at < text.size(); ++at) {
        if (text[at] == ']') return at;
        if (text[at] == '#') at = std::min(text.find('\n', at), text.size());
        if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
            const char quote = text[at];
            for (++at; at < text.size() && text[at] != quote; ++at)
                if (quote == '"' && text[at] == '\\') ++at;
        }
    }
    return nowhere;
}

Places find_places(const std::string& text) {
    Places places;
    bool is_inside = false;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        if (const std::string_view name = table_begun_by(line); !name.empty()) {
            is_inside = name == table;
            if (is_inside) places.behind_table = std::min(end + 1, text.size());
        } else if (is_inside && trimmed(line.substr(0, line.find('='))) == key) {
            places.line = begin;
            const std::size_t bracket = text.find('[', begin);
            if (bracket != nowhere) places.array = bracket + 1;
            if (bracket != nowhere) places.array_end = end_of_array(text, places.array);
            return places;
        }
        begin = end + 1;
    }
    return places;
}

json stores_in(const json& document) {
    const json options = document.value("storage", json::object()).value("options", json::object());
    return options.value(std::string(key), json::array());
}

/// Another text has to say the same but for the stores, which are to be these.
void check(const std::string& before, const std::string& after, const json& stores, const std::string& file) {
    try {
        json old_document = runtime::parse_toml(before, file);
        json new_document = runtime::parse_toml(after, file);
        const bool is_right = stores_in(new_document) == stores;
        for (json* document : {&old_document, &new_document}) {
            if (document->contains("storage") && (*document)["storage"].contains("options"))
                (*document)["storage"]["options"].erase(std::string(key));
            if ((*document)["storage"]["options"].empty()) (*document)["storage"].erase("options");
        }
        if (is_right && old_document == new_document) return;
    } catch (const Error&) {
        // It is told below.
    }
    throw Error("cannot edit {}: its {} is written in a way that only people edit", quoted(file), key);
}

json without(json stores, const std::string& store) {
    json rest = json::array();
    for (json& one : stores)
        if (one != store) rest.push_back(std::move(one));
    return rest;
}

std::string inserted(const std::string& text, const std::string& store) {
    const Places places = find_places(text);
    std::string result = text;
    if (places.array != nowhere && places.array_end != nowhere) {
        const std::string_view array = std::string_view(text).substr(places.array, places.array_end - places.array);
        const bool has_lines = array.find('\n') != nowhere;
        const std::string comma = has_lines || array.find_first_not_of(" \t") != nowhere ? "," : "";
        const std::string space = has_lines || comma.empty() ? "" : " ";
        return result.insert(places.array, (has_lines ? "\n  " : "") + toml_text(store) + comma + space);
    }
    const std::string line = additional_store_line(store) + "\n";
    if (places.behind_table != nowhere) {
        const bool has_end = text[places.behind_table - 1] == '\n';
        return result.insert(places.behind_table, (has_end ? "" : "\n") + line);
    }
    if (!result.empty() && result.back() != '\n') result += '\n';
    return result + fmt::format("{}[{}]\n{}", result.empty() ? "" : "\n", table, line);
}

/// The element with the comma and the space that belong to it; a line of its own goes as a whole.
std::string erased(const std::string& text, const std::string& store) {
    const Places places = find_places(text);
    if (places.array == nowhere || places.array_end == nowhere) return text;
    std::size_t begin = nowhere;
    std::size_t length = 0;
    for (const std::string& form : {toml_text(store), "'" + store + "'"})
        if (const std::size_t at = text.find(form, places.array); at < places.array_end) {
            begin = at;
            length = form.size();
        }
    if (begin == nowhere) return text;
    std::size_t end = begin + length;
    while (text[end] == ' ' || text[end] == '\t') ++end;
    if (text[end] == ',') ++end;
    while (text[end] == ' ' || text[end] == '\t') ++end;
    const std::size_t behind_space = text.find_last_not_of(" \t", begin - 1);
    if (text[end] == '\n' && text[behind_space] == '\n') begin = behind_space;
    if (text[end] == '\n' && behind_space + 1 == places.array && text[behind_space] == '[') begin = places.array;
    std::string result = text.substr(0, begin) + text.substr(end);
    const bool is_one_line = text.find('\n', places.line) > places.array_end;
    const Places left = find_places(result);
    const bool is_empty =
        trimmed(std::string_view(result).substr(left.array, left.array_end - left.array)).empty() && is_one_line;
    if (is_empty) result.erase(left.line, result.find('\n', left.line) - left.line + 1);
    return result;
}

std::string toml_value(const json& value) {
    return value.dump();  // texts, numbers, truths and arrays of them look alike
}

bool is_plain(const json& value) {
    if (value.is_object()) return false;
    return !value.is_array() ||
           std::none_of(value.begin(), value.end(), [](const json& one) { return one.is_structured(); });
}

}  // namespace

std::string additional_store_line(const std::string& store) {
    return fmt::format("{} = [{}]", key, toml_text(store));
}

std::string with_additional_store(const std::string& text, const std::string& file, const std::string& store) {
    const json before = stores_in(runtime::parse_toml(text, file));
    if (std::find(before.begin(), before.end(), store) != before.end()) return text;
    json wanted = json::array({store});
    for (const json& one : before) wanted.push_back(one);
    std::string result = inserted(text, store);
    check(text, result, wanted, file);
    return result;
}

std::string without_additional_store(const std::string& text, const std::string& file, const std::string& store) {
    const json before = stores_in(runtime::parse_toml(text, file));
    if (std::find(before.begin(), before.end(), store) == before.end()) return text;
    std::string result = erased(text, store);
    check(text, result, without(before, store), file);
    return result;
}

std::string new_storage_conf(const StorageSettings& settings, const std::string& text, const std::string& store,
                             bool names_runroot) {
    const json document = runtime::parse_toml(text, settings.file);
    const json options = document.value("storage", json::object()).value("options", json::object());
    std::string result =
        "# Written by builder setup podman. storage.conf(5) says what else may stand here.\n[storage]\n";
    result += fmt::format("driver = {}\n", toml_text(settings.driver.empty() ? "overlay" : settings.driver));
    result += fmt::format("graphroot = {}\n", toml_text(settings.root));
    if (names_runroot) result += fmt::format("runroot = {}\n", toml_text(settings.runroot));
    json stores = json::array({store});
    for (const std::string& one : settings.additional) stores.push_back(one);
    result += fmt::format("\n[{}]\n{} = {}\n", table, key, toml_value(stores));
    for (const auto& [name, value] : options.items())
        if (name != key && is_plain(value)) result += fmt::format("{} = {}\n", name, toml_value(value));
    const json of_driver = options.value("overlay", json::object());
    if (!of_driver.empty()) result += fmt::format("\n[{}.overlay]\n", table);
    for (const auto& [name, value] : of_driver.items())
        if (is_plain(value)) result += fmt::format("{} = {}\n", name, toml_value(value));
    return result;
}

std::string own_storage_conf() {
    if (std::string alone = environment_variable("CONTAINERS_STORAGE_CONF"); !alone.empty()) return alone;
    if (runtime::invoking_user() == 0) return "/etc/containers/storage.conf";
    return user_config_folder() + "/containers/storage.conf";
}

}  // namespace registry
