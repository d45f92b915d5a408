#include "builder/template/value.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/base/harmless.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

TemplateValue convert(const nlohmann::json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array()) {
        std::vector<TemplateValue> items;
        for (const nlohmann::json& item : value) items.push_back(convert(item));
        return TemplateValue::list(std::move(items));
    }
    if (value.is_object()) {
        std::map<std::string, TemplateValue> entries;
        for (const auto& [name, entry] : value.items()) entries.emplace(name, convert(entry));
        return TemplateValue::map(std::move(entries));
    }
    return {};
}

/// As Go writes texts: what could end a script in a page is escaped, too.
std::string json_text(const std::string& text) {
    const std::string plain = runtime::write_json(nlohmann::json(text));
    std::string escaped;
    for (const char byte : plain) {
        if (byte == '<' || byte == '>' || byte == '&')
            escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
        else
            escaped += byte;
    }
    return escaped;
}

void new_line(std::string& out, unsigned indent, unsigned depth) {
    if (indent > 0) out += "\n" + std::string(std::size_t{indent} * depth, ' ');
}

}  // namespace

TemplateValue TemplateValue::list(std::vector<TemplateValue> items, bool is_nil) {
    TemplateValue value;
    value.kind_ = Kind::list;
    value.items_ = std::move(items);
    value.is_nil_ = is_nil;
    return value;
}

TemplateValue TemplateValue::list_of(const std::vector<std::string>& texts) {
    std::vector<TemplateValue> items;
    for (const std::string& text : texts) items.emplace_back(text);
    return list(std::move(items), texts.empty());
}

TemplateValue TemplateValue::map(std::map<std::string, TemplateValue> entries) {
    TemplateValue value;
    value.kind_ = Kind::map;
    value.entries_ = std::move(entries);
    return value;
}

TemplateValue TemplateValue::nil_map() {
    TemplateValue value = map({});
    value.is_nil_ = true;
    return value;
}

TemplateValue TemplateValue::map_of(const std::map<std::string, std::string>& texts) {
    std::map<std::string, TemplateValue> entries;
    for (const auto& [name, text] : texts) entries.emplace(name, text);
    return map(std::move(entries));
}

TemplateValue TemplateValue::record(std::string type_name, std::vector<Field> fields) {
    TemplateValue value;
    value.kind_ = Kind::record;
    value.text_ = std::move(type_name);
    value.fields_ = std::move(fields);
    return value;
}

TemplateValue TemplateValue::from_json(std::string_view text) {
    return convert(runtime::parse_json(text, "a value"));
}

bool TemplateValue::is_true() const noexcept {
    return kind_ == Kind::record || !is_empty();
}

bool TemplateValue::is_empty() const noexcept {
    switch (kind_) {
        case Kind::nothing:
            return true;
        case Kind::boolean:
        case Kind::integer:
            return integer_ == 0;
        case Kind::real:
            return real_ == 0;
        case Kind::text:
            return text_.empty();
        case Kind::list:
            return items_.empty();
        case Kind::map:
            return entries_.empty();
        case Kind::record:
            return false;
    }
    return false;
}

std::int64_t TemplateValue::length() const noexcept {
    if (kind_ == Kind::text) return static_cast<std::int64_t>(text_.size());
    if (kind_ == Kind::list) return static_cast<std::int64_t>(items_.size());
    if (kind_ == Kind::map) return static_cast<std::int64_t>(entries_.size());
    return -1;
}

std::string TemplateValue::print() const {
    std::vector<std::string> parts;
    switch (kind_) {
        case Kind::nothing:
            return "<no value>";
        case Kind::boolean:
            return integer_ != 0 ? "true" : "false";
        case Kind::integer:
            return fmt::format("{}", integer_);
        case Kind::real:
            return fmt::format("{}", real_);
        case Kind::text:
            return text_;
        case Kind::list:
            for (const TemplateValue& item : items_) parts.push_back(item.print());
            return fmt::format("[{}]", fmt::join(parts, " "));
        case Kind::map:
            for (const auto& [name, value] : entries_) parts.push_back(name + ":" + value.print());
            return fmt::format("map[{}]", fmt::join(parts, " "));
        case Kind::record:
            for (const Field& field : fields_) parts.push_back(field.value.print());
            return fmt::format("{{{}}}", fmt::join(parts, " "));
    }
    return "";
}

std::string TemplateValue::json(unsigned indent) const {
    std::string out;
    write_json(out, indent, 0);
    return runtime::harmless_json(out);
}

void TemplateValue::write_json(std::string& out, unsigned indent, unsigned depth) const {
    bool is_first = true;
    const auto begin_element = [&] {
        if (!std::exchange(is_first, false)) out += ",";
        new_line(out, indent, depth + 1);
    };
    const auto name_it = [&](const std::string& name) { out += json_text(name) + (indent > 0 ? ": " : ":"); };
    const auto end = [&](char bracket) {
        if (!is_first) new_line(out, indent, depth);
        out += bracket;
    };
    if (kind_ == Kind::text) {
        out += json_text(text_);
    } else if (is_nil()) {
        out += "null";
    } else if (kind_ == Kind::list) {
        out += "[";
        for (const TemplateValue& item : items_) begin_element(), item.write_json(out, indent, depth + 1);
        end(']');
    } else if (kind_ == Kind::map) {
        out += "{";
        for (const auto& [name, value] : entries_)
            begin_element(), name_it(name), value.write_json(out, indent, depth + 1);
        end('}');
    } else if (kind_ == Kind::record) {
        out += "{";
        for (const Field& field : fields_) {
            if (field.json_name.empty() || (field.omit_if_empty && field.value.is_empty())) continue;
            begin_element(), name_it(field.json_name), field.value.write_json(out, indent, depth + 1);
        }
        end('}');
    } else {
        out += print();
    }
}

}  // namespace builder
