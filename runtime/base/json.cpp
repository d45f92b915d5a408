#include "runtime/base/json.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

/// Documents of this project's world have some ten levels; writing recurses, so the depth must have an end.
constexpr unsigned deepest_level = 100;

bool is_too_deep(std::string_view text) noexcept {
    unsigned level = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\') ++i;
            if (c == '"') in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++level > deepest_level) return true;
        } else if ((c == '}' || c == ']') && level > 0) {
            --level;
        }
    }
    return false;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what) {
    if (is_too_deep(text)) throw Error("{} is nested more than {} levels deep", what, deepest_level);
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw Error("{} is not valid JSON (at byte {})", what, error.byte);
    }
}

std::string write_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string write_json_texts(const std::vector<std::string>& texts) {
    return write_json(nlohmann::json(texts));
}

JsonFields::JsonFields(const nlohmann::json& value, std::string what) : value_(&value), what_(std::move(what)) {
    if (!value.is_object()) throw Error("{}: expected an object", what_);
}

void JsonFields::refuse(const char* name, std::string_view expected) const {
    throw Error("field {} of {}: expected {}", name, what_, expected);
}

const nlohmann::json* JsonFields::find(const char* name) const {
    const auto found = value_->find(name);
    return found == value_->end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json& JsonFields::required(const char* name) const {
    if (const auto* field = find(name)) return *field;
    throw Error("field {} of {} is missing", name, what_);
}

std::string JsonFields::text(const char* name) const {
    required(name);
    return *text_if_any(name);
}

std::optional<std::string> JsonFields::text_if_any(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_string()) refuse(name, "text");
    return field->get<std::string>();
}

std::string JsonFields::text_or_empty(const char* name) const {
    return text_if_any(name).value_or("");
}

std::optional<std::int64_t> JsonFields::integer_if_any(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return std::nullopt;
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!field->is_number_integer() || (field->is_number_unsigned() && field->get<std::uint64_t>() > largest))
        refuse(name, "a whole number");
    return field->get<std::int64_t>();
}

std::uint64_t JsonFields::size(const char* name) const {
    required(name);
    const std::int64_t number = *integer_if_any(name);
    if (number < 0) refuse(name, "a number that is not negative");
    return static_cast<std::uint64_t>(number);
}

std::optional<bool> JsonFields::boolean_if_any(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_boolean()) refuse(name, "true or false");
    return field->get<bool>();
}

std::vector<std::string> JsonFields::texts_or_empty(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return {};
    if (!field->is_array()) refuse(name, "a list of texts");
    std::vector<std::string> texts;
    for (const auto& element : *field) {
        if (!element.is_string()) refuse(name, "a list of texts");
        texts.push_back(element.get<std::string>());
    }
    return texts;
}

std::map<std::string, std::string> JsonFields::text_map_or_empty(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return {};
    if (!field->is_object()) refuse(name, "an object of texts");
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : field->items()) {
        if (!value.is_string()) refuse(name, "an object of texts");
        texts.emplace(key, value.get<std::string>());
    }
    return texts;
}

std::vector<std::string> JsonFields::names_or_empty(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return {};
    if (!field->is_object()) refuse(name, "an object");
    std::vector<std::string> names;
    for (const auto& element : field->items()) names.push_back(element.key());
    return names;
}

std::optional<JsonFields> JsonFields::object_if_any(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_object()) refuse(name, "an object");
    return JsonFields(*field, fmt::format("field {} of {}", name, what_));
}

JsonFields JsonFields::object(const char* name) const {
    required(name);
    return *object_if_any(name);
}

std::vector<JsonFields> JsonFields::objects_or_empty(const char* name) const {
    const auto* field = find(name);
    if (field == nullptr) return {};
    if (!field->is_array()) refuse(name, "a list of objects");
    std::vector<JsonFields> objects;
    for (std::size_t i = 0; i < field->size(); ++i)
        objects.emplace_back((*field)[i], fmt::format("{}[{}] of {}", name, i, what_));
    return objects;
}

}  // namespace runtime
