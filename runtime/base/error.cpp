#include "runtime/base/error.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "runtime/base/harmless.hpp"
#include "runtime/base/letter_case.hpp"

namespace runtime {
namespace {

constexpr std::size_t max_excerpt_lines = 12;
constexpr std::size_t longest_line_bytes = 240;
constexpr std::size_t longest_message_bytes = 2000;

std::string caret_line(const Place& place, std::string_view text) {
    std::string line;
    for (unsigned column = 1; column < place.column; ++column)
        line += column <= text.size() && text[column - 1] == '\t' ? '\t' : ' ';
    line += '^';
    for (unsigned mark = 1; mark < place.length; ++mark) line += '~';
    return line;
}

/// The length of the valid UTF-8 sequence at the start of text, 0 when there is none.
std::size_t utf8_sequence_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
    return length;
}

bool is_inside_character(std::string_view text, std::size_t place) {
    return place < text.size() && (static_cast<unsigned char>(text[place]) & 0xc0) == 0x80;
}

/// What a person reads of a text, without control characters: its start, and of a message its end, too, as that says
/// why.
std::string shortened(std::string_view text, std::size_t longest, bool with_end) {
    const std::string whole = harmless(text);
    if (whole.size() <= longest) return whole;
    std::size_t head = with_end ? longest * 3 / 4 : longest;
    std::size_t tail = whole.size() - (longest - head);
    while (is_inside_character(whole, head)) --head;
    while (is_inside_character(whole, tail)) ++tail;
    return whole.substr(0, head) + fmt::format(" … {} bytes … ", tail - head) + whole.substr(tail);
}

std::string indented(const std::string& text) {
    std::string result;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        result += "    " + shortened(text.substr(start, end - start), longest_message_bytes, true) + "\n";
        start = end + 1;
    }
    return result;
}

/// U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows, so that a line reads as another.
bool turns_direction(std::string_view sequence) {
    if (sequence.size() != 3 || sequence[0] != '\xe2') return false;
    const auto last = static_cast<unsigned char>(sequence[2]);
    return (sequence[1] == '\x80' && last >= 0xaa && last <= 0xae) ||
           (sequence[1] == '\x81' && last >= 0xa6 && last <= 0xa9);
}

/// The controls of U+0080 to U+009F, which terminals take as they take an escape character.
bool is_c1_control(std::string_view sequence) {
    return sequence.size() == 2 && sequence[0] == '\xc2' && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

/// Of a well-formed sequence of two or three bytes.
unsigned code_point(std::string_view sequence) {
    unsigned value = static_cast<unsigned char>(sequence[0]) & (sequence.size() == 2 ? 0x1fU : 0x0fU);
    for (const char one : sequence.substr(1)) value = value << 6U | (static_cast<unsigned char>(one) & 0x3fU);
    return value;
}

}  // namespace

std::string harmless_json(std::string_view json) {
    std::string result;
    for (std::size_t i = 0; i < json.size();) {
        const std::string_view sequence =
            json.substr(i, std::max<std::size_t>(1, utf8_sequence_length(json.substr(i))));
        if (turns_direction(sequence) || is_c1_control(sequence))
            result += fmt::format("\\u{:04x}", code_point(sequence));
        else if (sequence == "\x7f")
            result += "\\u007f";
        else
            result += sequence;
        i += sequence.size();
    }
    return result;
}

std::string harmless(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = utf8_sequence_length(text.substr(i));
        if (turns_direction(text.substr(i, length))) {
            for (const char one : text.substr(i, length))
                result += fmt::format("\\x{:02x}", static_cast<unsigned char>(one));
            i += length;
        } else if (length == 0 || (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f ||
                   is_c1_control(text.substr(i, length))) {
            result += fmt::format("\\x{:02x}", byte);
            ++i;
        } else {
            result += text.substr(i, length);
            i += length;
        }
    }
    return result;
}

Error& Error::at(Place place) {
    if (!place_) place_ = std::move(place);
    return *this;
}

Error& Error::with_hint(std::string hint) {
    if (hint_.empty()) hint_ = std::move(hint);
    return *this;
}

Error& Error::with_output(std::string output) {
    output_ = std::move(output);
    return *this;
}

Error& Error::with_exit_code(int code) noexcept {
    exit_code_ = code;
    return *this;
}

void Error::rewrite(const std::function<std::string(const std::string&)>& change) {
    for (std::string* text : {&message_, &hint_, &output_}) *text = change(*text);
    for (std::string& context : contexts_) context = change(context);
    if (!place_) return;
    for (std::string& line : place_->excerpt) line = change(line);
}

std::string Error::full_message() const {
    std::string text;
    for (auto context = contexts_.rbegin(); context != contexts_.rend(); ++context) text += *context + ": ";
    return text + message_;
}

std::string SystemError::describe(int number, std::string act) {
    return std::move(act) + ": " + errno_text(number);
}

std::string errno_text(int number) {
    char buffer[128];
    std::string text = ::strerror_r(number, buffer, sizeof buffer);
    // Not "RFS specific error".
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) text[0] = in_lower_case(text[0]);
    return text;
}

std::string render_place(const Place& place) {
    std::string text = fmt::format("{}:{}\n", harmless(place.file), place.line);
    const auto width = fmt::formatted_size("{}", place.line + place.excerpt.size());
    for (std::size_t i = 0; i < place.excerpt.size(); ++i) {
        if (i == max_excerpt_lines) {
            text += fmt::format("{:>{}} |     … {} more lines\n", "", width + 2, place.excerpt.size() - i);
            break;
        }
        text += fmt::format("  {:>{}} | >>> {}\n", place.line + i, width,
                            shortened(place.excerpt[i], longest_line_bytes, false));
        if (i == 0 && place.column > 0 && place.column + place.length < longest_line_bytes)
            text += fmt::format("  {:>{}} |     {}\n", "", width, caret_line(place, place.excerpt[i]));
    }
    return text;
}

std::string render_error(const Error& error, bool colour) {
    std::string text = colour ? "\x1b[1;31mError:\x1b[0m " : "Error: ";
    text += shortened(error.full_message(), longest_message_bytes, true) + "\n";
    if (error.place()) text += render_place(*error.place());
    if (!error.output().empty()) text += "last output:\n" + indented(error.output());
    if (!error.hint().empty())
        text += (colour ? "\x1b[1;36mhint:\x1b[0m " : "hint: ") + shortened(error.hint(), longest_message_bytes, true) +
                "\n";
    return text;
}

std::string quoted(std::string_view text) {
    return "'" + harmless(text) + "'";
}

}  // namespace runtime
