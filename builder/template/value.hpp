// What a template is filled from, and what JSON is written of: values with the names that Go programs give their
// fields, because those are the names that people's --format texts use.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

class TemplateValue {
public:
    enum class Kind { nothing, boolean, integer, real, text, list, map, record };

    struct Field;

    TemplateValue();
    TemplateValue(bool value);
    TemplateValue(int value);
    TemplateValue(std::int64_t value);
    TemplateValue(double value);
    TemplateValue(std::string value);
    TemplateValue(const char* value);
    TemplateValue(const TemplateValue&);
    TemplateValue(TemplateValue&&) noexcept;
    TemplateValue& operator=(const TemplateValue&);
    TemplateValue& operator=(TemplateValue&&) noexcept;
    ~TemplateValue();

    /// A list that is nil is printed as null by JSON, and is empty else.
    static TemplateValue list(std::vector<TemplateValue> items, bool is_nil = false);
    static TemplateValue list_of(const std::vector<std::string>& texts);
    static TemplateValue nil_list() { return list({}, true); }
    static TemplateValue map(std::map<std::string, TemplateValue> entries);
    /// The same of a map.
    static TemplateValue nil_map();
    static TemplateValue map_of(const std::map<std::string, std::string>& texts);
    /// Has just these fields; asking for another one is an error that names the type.
    static TemplateValue record(std::string type_name, std::vector<Field> fields);
    /// Maps, lists and plain values of a JSON text. Throws Error where it is none.
    static TemplateValue from_json(std::string_view text);

    Kind kind() const noexcept { return kind_; }
    bool boolean() const noexcept { return integer_ != 0; }
    std::int64_t integer() const noexcept { return integer_; }
    double real() const noexcept { return kind_ == Kind::integer ? static_cast<double>(integer_) : real_; }
    const std::string& text() const noexcept { return text_; }
    const std::vector<TemplateValue>& items() const noexcept { return items_; }
    const std::map<std::string, TemplateValue>& entries() const noexcept { return entries_; }
    const std::vector<Field>& fields() const noexcept { return fields_; }
    const std::string& type_name() const noexcept { return text_; }
    bool is_nil() const noexcept { return is_nil_ || kind_ == Kind::nothing; }

    /// Whether `if` takes it for true: not false, zero, nothing or empty. Records always are.
    bool is_true() const noexcept;
    /// How many items, entries or bytes it has; -1 for what has no length.
    std::int64_t length() const noexcept;

    /// As Go prints it: [a b], map[k:v], {a b}.
    std::string print() const;
    /// One line, or with each element on a line of its own where an indent is given. Fields that are to be left out
    /// when they are empty are.
    std::string json(unsigned indent = 0) const;

private:
    void write_json(std::string& out, unsigned indent, unsigned depth) const;
    bool is_empty() const noexcept;

    Kind kind_ = Kind::nothing;
    std::int64_t integer_ = 0;
    double real_ = 0;
    std::string text_;  ///< of a record: the name of its type
    std::vector<TemplateValue> items_;
    std::map<std::string, TemplateValue> entries_;
    std::vector<Field> fields_;
    bool is_nil_ = false;
};

struct TemplateValue::Field {
    std::string name;       ///< in templates
    std::string json_name;  ///< empty: not in JSON
    TemplateValue value;
    bool omit_if_empty = false;
};

// Below Field, for what makes a value also knows how to end its fields.
inline TemplateValue::TemplateValue() = default;
inline TemplateValue::TemplateValue(bool value) : kind_(Kind::boolean), integer_(value ? 1 : 0) {}
inline TemplateValue::TemplateValue(int value) : kind_(Kind::integer), integer_(value) {}
inline TemplateValue::TemplateValue(std::int64_t value) : kind_(Kind::integer), integer_(value) {}
inline TemplateValue::TemplateValue(double value) : kind_(Kind::real), real_(value) {}
inline TemplateValue::TemplateValue(std::string value) : kind_(Kind::text), text_(std::move(value)) {}
inline TemplateValue::TemplateValue(const char* value) : kind_(Kind::text), text_(value) {}
inline TemplateValue::TemplateValue(const TemplateValue&) = default;
inline TemplateValue::TemplateValue(TemplateValue&&) noexcept = default;
inline TemplateValue& TemplateValue::operator=(const TemplateValue&) = default;
inline TemplateValue& TemplateValue::operator=(TemplateValue&&) noexcept = default;
inline TemplateValue::~TemplateValue() = default;

}  // namespace builder
