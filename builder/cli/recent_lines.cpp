#include "builder/cli/recent_lines.hpp"

#include <algorithm>
#include <utility>

#include "builder/cli/columns.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

constexpr std::size_t most_lines = 16;
constexpr std::size_t longest_line = 2048;
constexpr std::size_t longest_sequence = 64;
constexpr const char* reset = "\x1b[0m";

/// Styles stay as they are, all else is made harmless.
std::string shown(std::string_view line) {
    std::string text;
    bool has_style = false;
    while (!line.empty()) {
        const std::size_t style = style_length(line);
        if (style > 0) {
            has_style = true;
            text += line.substr(0, style);
            line.remove_prefix(style);
            continue;
        }
        const std::size_t end = std::min(line.find('\x1b', 1), line.size());
        text += runtime::harmless(line.substr(0, end));
        line.remove_prefix(end);
    }
    return has_style ? text + reset : text;
}

bool is_blank(std::string_view line) {
    while (!line.empty()) {
        const std::size_t style = style_length(line);
        if (style == 0 && line.front() != ' ') return false;
        line.remove_prefix(std::max<std::size_t>(style, 1));
    }
    return true;
}

}  // namespace

void RecentLines::add(std::string_view output) {
    for (const char byte : output) add_byte(byte);
}

void RecentLines::add_byte(char byte) {
    if (escape_ != Escape::none) return add_to_escape(byte);
    if (byte == '\n') return end_line();
    if (byte == '\r') {
        begins_anew_ = true;
        return;
    }
    if (std::exchange(begins_anew_, false)) line_ = style_;
    constexpr unsigned char first_printable = 0x20, erase = 0x7f;
    const auto value = static_cast<unsigned char>(byte);
    if (byte == '\x1b')
        escape_ = Escape::begun;
    else if (byte == '\b')
        take_back();
    else if (byte == '\t')
        line_ += "    ";
    else if (value >= first_printable && value != erase && line_.size() < longest_line)
        line_ += byte;
}

/// ECMA-48: ESC [ ends with a byte from @ to ~; ESC ] and its like with BEL, or with ESC \.
void RecentLines::add_to_escape(char byte) {
    switch (escape_) {
        case Escape::begun:
            sequence_.clear();
            escape_ = byte == '['                                                               ? Escape::sequence
                      : byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X' ? Escape::text
                                                                                                : Escape::none;
            return;
        case Escape::sequence:
            if (byte >= '@' && byte <= '~') return end_sequence(byte);
            if (sequence_.size() < longest_sequence) sequence_ += byte;
            return;
        case Escape::text:
            if (byte == '\a') escape_ = Escape::none;
            if (byte == '\x1b') escape_ = Escape::text_end;
            return;
        case Escape::text_end:
            escape_ = byte == '\\' ? Escape::none : Escape::text;
            return;
        case Escape::none:
            return;
    }
}

void RecentLines::end_sequence(char byte) {
    escape_ = Escape::none;
    const std::string style = "\x1b[" + sequence_ + byte;
    if (!keeps_styles_ || style_length(style) != style.size() || line_.size() >= longest_line) return;
    line_ += style;
    const bool is_reset = sequence_.empty() || sequence_ == "0";
    style_ = is_reset || style_.size() >= longest_sequence ? "" : style_ + style;
}

/// A whole character in UTF-8; a style stays.
void RecentLines::take_back() {
    while (!line_.empty() && line_.back() != 'm') {
        const auto byte = static_cast<unsigned char>(line_.back());
        line_.pop_back();
        if ((byte & 0xc0U) != 0x80) return;
    }
}

void RecentLines::end_line() {
    begins_anew_ = false;
    if (!is_blank(line_)) lines_.push_back(std::move(line_));
    if (lines_.size() > most_lines) lines_.pop_front();
    line_ = style_;
}

std::vector<std::string> RecentLines::last(std::size_t count) const {
    std::vector<std::string> lines;
    if (count > 0 && !is_blank(line_)) lines.push_back(shown(line_));
    for (auto line = lines_.rbegin(); line != lines_.rend() && lines.size() < count; ++line)
        lines.push_back(shown(*line));
    std::reverse(lines.begin(), lines.end());
    return lines;
}

}  // namespace builder
