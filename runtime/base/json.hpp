// JSON from outside: parsed within bounds, and read field by field with errors that name the field.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime {

/// Parses a document; `what` names it in errors. Throws Error where it is no JSON or nested too deep.
nlohmann::json parse_json(std::string_view text, std::string_view what);

/// The same for documents that others read too, and must read alike: throws Error where a name occurs twice in an
/// object. `free_maps` are the fields whose own names nobody gives a meaning to.
nlohmann::json parse_json_strictly(std::string_view text, std::string_view what,
                                   const std::vector<std::string_view>& free_maps);

/// The one form that documents are written in: compact, keys sorted. Bytes that are not UTF-8 become U+FFFD.
std::string write_json(const nlohmann::json& value);

/// A list of texts in that form: ["a","b"].
std::string write_json_texts(const std::vector<std::string>& texts);

/// A view of a JSON object whose fields must have the types that are asked for; null is as good as absent. Throws
/// Error: "field NAME of WHAT: expected text"; and where a name differs from one that is asked for in case only, which
/// programs in Go would take for it. The value outlives the view.
class JsonFields {
public:
    /// Throws Error where the value is no object.
    JsonFields(const nlohmann::json& value, std::string what);

    /// The field's value, or nullptr where it is absent or null.
    const nlohmann::json* find(const char* name) const;
    const nlohmann::json& required(const char* name) const;

    std::string text(const char* name) const;
    std::optional<std::string> text_if_any(const char* name) const;
    std::string text_or_empty(const char* name) const;
    std::optional<std::int64_t> integer_if_any(const char* name) const;
    /// A number of bytes: not negative.
    std::uint64_t size(const char* name) const;
    std::optional<bool> boolean_if_any(const char* name) const;
    std::vector<std::string> texts_or_empty(const char* name) const;
    std::map<std::string, std::string> text_map_or_empty(const char* name) const;
    /// The names of a map to empty objects, which is how Go writes a set.
    std::vector<std::string> names_or_empty(const char* name) const;
    std::optional<JsonFields> object_if_any(const char* name) const;
    JsonFields object(const char* name) const;
    /// The elements of an array of objects; none where it is absent.
    std::vector<JsonFields> objects_or_empty(const char* name) const;

    const std::string& what() const noexcept { return what_; }
    const nlohmann::json& value() const noexcept { return *value_; }
    [[noreturn]] void refuse(const char* name, std::string_view expected) const;

private:
    const nlohmann::json* value_;
    std::string what_;
};

}  // namespace runtime
