// The text of a Containerfile with its lines, and places in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/syntax_tree.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// A text that the user wrote, under the name that messages give it. A byte-order mark at its start is dropped;
/// all other bytes are kept, valid UTF-8 or not. Not copyable, because the lines are views into the text.
class SourceText {
public:
    SourceText(std::string name, std::string text);
    SourceText(const SourceText&) = delete;
    SourceText& operator=(const SourceText&) = delete;

    const std::string& name() const noexcept { return name_; }
    const std::string& text() const noexcept { return text_; }
    std::size_t line_count() const noexcept { return lines_.size(); }
    /// A line without its end; numbers count from 1, a number outside gives an empty line.
    std::string_view line(std::size_t number) const noexcept;
    /// A line with its end, as it stands in the text.
    std::string_view raw_line(std::size_t number) const noexcept;

    /// The place with the text of its lines.
    runtime::Place place(const Location& location) const;

private:
    std::string name_;
    std::string text_;
    std::vector<std::string_view> lines_;
};

}  // namespace builder
