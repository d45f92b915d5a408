#include "builder/syntax/json_words.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// Reads an array of strings. Written by hand because the place of each string is wanted, and its bytes as they are.
class ArrayReader {
public:
    explicit ArrayReader(std::string_view text) : text_(text) {}

    std::optional<std::vector<JsonWord>> read() {
        std::vector<JsonWord> words;
        if (!take('[')) return std::nullopt;
        if (!take(']')) {
            do {
                auto word = read_string();
                if (!word) return std::nullopt;
                words.push_back(std::move(*word));
            } while (take(','));
            if (!take(']')) return std::nullopt;
        }
        skip_blanks();
        if (position_ != text_.size()) return std::nullopt;
        return words;
    }

private:
    void skip_blanks() { position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size()); }
    bool take(char byte) {
        skip_blanks();
        if (position_ >= text_.size() || text_[position_] != byte) return false;
        ++position_;
        return true;
    }
    std::optional<JsonWord> read_string();
    bool read_escape(std::string& result);
    std::optional<char32_t> read_code_unit();

    std::string_view text_;
    std::size_t position_ = 0;
};

std::optional<JsonWord> ArrayReader::read_string() {
    if (!take('"')) return std::nullopt;
    const std::size_t start = position_ - 1;
    JsonWord word;
    while (position_ < text_.size()) {
        const char byte = text_[position_++];
        if (byte == '"') {
            word.written = text_.substr(start, position_ - start);
            return word;
        }
        if (static_cast<unsigned char>(byte) < 0x20) return std::nullopt;
        if (byte != '\\')
            word.text += byte;
        else if (!read_escape(word.text))
            return std::nullopt;
    }
    return std::nullopt;
}

bool ArrayReader::read_escape(std::string& result) {
    if (position_ >= text_.size()) return false;
    const char byte = text_[position_++];
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    if (const std::size_t index = letters.find(byte); index != std::string_view::npos) {
        result += values[index];
        return true;
    }
    if (byte != 'u') return false;
    auto unit = read_code_unit();
    if (!unit) return false;
    const bool is_high = *unit >= 0xd800 && *unit < 0xdc00;
    const std::size_t after_first = position_;
    if (is_high && text_.substr(position_, 2) == "\\u") {
        position_ += 2;
        const auto low = read_code_unit();
        if (low && *low >= 0xdc00 && *low < 0xe000) {
            append_utf8(result, 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00));
            return true;
        }
        position_ = after_first;
    }
    const bool is_lone_surrogate = *unit >= 0xd800 && *unit < 0xe000;
    append_utf8(result, is_lone_surrogate ? 0xfffd : *unit);
    return true;
}

std::optional<char32_t> ArrayReader::read_code_unit() {
    const std::string_view digits = text_.substr(position_, 4);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) return std::nullopt;
    position_ += 4;
    return value;
}

}  // namespace

std::optional<std::vector<JsonWord>> parse_json_words(std::string_view text) {
    text = trim_start(text);
    if (!text.starts_with('[')) return std::nullopt;
    if (auto words = ArrayReader(text).read()) return words;
    if (nlohmann::json::accept(text))
        throw runtime::Error("when using JSON array syntax, arrays must be comprised of strings only: {}",
                             runtime::quoted(text));
    return std::nullopt;
}

}  // namespace builder
