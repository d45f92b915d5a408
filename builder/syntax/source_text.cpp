#include "builder/syntax/source_text.hpp"

#include <algorithm>

namespace builder {

SourceText::SourceText(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);
    std::string_view rest = text_;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::size_t length = end == std::string_view::npos ? rest.size() : end + 1;
        lines_.push_back(rest.substr(0, length));
        rest.remove_prefix(length);
    }
}

std::string_view SourceText::raw_line(std::size_t number) const noexcept {
    return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view();
}

std::string_view SourceText::line(std::size_t number) const noexcept {
    std::string_view text = raw_line(number);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

runtime::Place SourceText::place(const Location& location) const {
    runtime::Place place;
    place.file = name_;
    place.line = location.line;
    place.last_line = std::max(location.line, location.last_line);
    place.column = location.column;
    place.length = std::max(1U, location.length);
    for (unsigned number = place.line; number <= place.last_line; ++number) place.excerpt.emplace_back(line(number));
    return place;
}

}  // namespace builder
