#include "builder/syntax/csv_fields.hpp"

#include "runtime/base/error.hpp"

namespace builder {

std::vector<std::string> csv_fields(std::string_view text) {
    std::vector<std::string> fields(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (byte == '"' && is_quoted && text.substr(i + 1, 1) == "\"") {
            fields.back() += text[++i];
        } else if (byte == '"' && (is_quoted || fields.back().empty())) {
            is_quoted = !is_quoted;
        } else if (byte == ',' && !is_quoted) {
            fields.emplace_back();
        } else {
            fields.back() += byte;
        }
    }
    if (is_quoted) throw runtime::Error("missing the closing double quote");
    return fields;
}

}  // namespace builder
