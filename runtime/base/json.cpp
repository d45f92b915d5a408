#include "runtime/base/json.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

/// Documents of this project's world have some ten levels; writing recurses, so the depth must have an end.
constexpr unsigned deepest_level = 100;

/// Each takes much more memory than its bytes in the text: "[]," may be 80.
constexpr std::size_t most_values = 500'000;

void check_shape(std::string_view text, std::string_view what) {
    unsigned level = 0;
    std::size_t values = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\') ++i;
            if (c == '"') in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++level > deepest_level) throw Error("{} is nested more than {} levels deep", what, deepest_level);
        } else if ((c == '}' || c == ']') && level > 0) {
            --level;
        } else if (c == ',' && ++values > most_values) {
            throw Error("{} has more than {} values", what, most_values);
        }
    }
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what) {
    check_shape(text, what);
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw Error("{} is not valid JSON (at byte {})", what, error.byte);
    }
}

namespace {

/// Notes the names of each object that is open.
class NameWatch {
public:
    NameWatch(std::string_view what, const std::vector<std::string_view>& free_maps)
        : what_(what), free_maps_(free_maps) {}

    bool operator()(nlohmann::json::parse_event_t event, const nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::key) {
            last_ = value.get<std::string>();
            if (!open_.back().is_free && !open_.back().names.insert(last_).second)
                throw Error("{} has the field {} twice", what_, quoted(last_));
        } else if (event == Event::object_start) {
            open_.push_back({{}, std::find(free_maps_.begin(), free_maps_.end(), last_) != free_maps_.end()});
        } else if (event == Event::object_end) {
            open_.pop_back();
            last_.clear();
        }
        return true;
    }

private:
    struct Object {
        std::set<std::string> names;
        bool is_free;
    };
    std::string_view what_;
    const std::vector<std::string_view>& free_maps_;
    std::vector<Object> open_;
    std::string last_;
};

/// How Go compares names: without regard to case, and with two letters of Unicode that fold to one of ASCII.
std::string folded(std::string_view name) {
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string_view rest = name.substr(i);
        if (rest.starts_with("\u017f")) {
            result += 's';
            i += 1;
        } else if (rest.starts_with("\u212a")) {
            result += 'k';
            i += 2;
        } else {
            const char c = name[i];
            result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return result;
}

}  // namespace

nlohmann::json parse_json_strictly(std::string_view text, std::string_view what,
                                   const std::vector<std::string_view>& free_maps) {
    check_shape(text, what);
    NameWatch watch(what, free_maps);
    try {
        return nlohmann::json::parse(
            text, [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) { return watch(event, value); });
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
    const std::string wanted = folded(name);
    for (const auto& [key, value] : value_->items())
        if (key != name && key.size() >= wanted.size() && folded(key) == wanted)
            throw Error("{} has a field {}, which other programs take for {}", what_, quoted(key), name);
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
