#include "builder/syntax/lines.hpp"

#include <algorithm>

#include "builder/syntax/directives.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

constexpr std::size_t longest_line_bytes = 65535;

unsigned to_unsigned(std::size_t value) {
    return static_cast<unsigned>(value);
}

bool is_comment(std::string_view line) {
    return trim_start(line).starts_with('#');
}

/// Takes the escape character and the blanks behind it off the end of a line; false when the line is not continued.
/// An escape before it makes it a character like others.
bool take_continuation(std::string_view& line, char escape) {
    const std::size_t last = line.find_last_not_of(" \t");
    if (last == std::string_view::npos || line[last] != escape) return false;
    if (last > 0 && line[last - 1] == escape) return false;
    line = line.substr(0, last);
    return true;
}

void append_piece(LogicalLine& line, std::string_view piece, std::string_view whole_line, std::size_t number) {
    const std::size_t column = piece.empty() ? 1 : static_cast<std::size_t>(piece.data() - whole_line.data()) + 1;
    line.pieces.push_back({line.text.size(), to_unsigned(number), to_unsigned(column)});
    line.text += piece;
}

}  // namespace

Location LogicalLine::locate(std::string_view part) const {
    const auto offset = static_cast<std::size_t>(part.data() - text.data());
    if (part.data() == nullptr || offset > text.size()) return location;
    auto next = std::upper_bound(pieces.begin(), pieces.end(), offset,
                                 [](std::size_t value, const Piece& piece) { return value < piece.offset; });
    if (next == pieces.begin()) return location;
    const Piece& piece = *std::prev(next);
    const std::size_t piece_end = next == pieces.end() ? text.size() : next->offset;
    Location place;
    place.line = place.last_line = piece.line;
    place.column = piece.column + to_unsigned(offset - piece.offset);
    place.length = to_unsigned(std::min(part.size(), piece_end - offset));
    return place;
}

LineReader::LineReader(const SourceText& source, std::vector<Warning>* warnings)
    : source_(source), warnings_(warnings) {}

std::optional<LogicalLine> LineReader::next() {
    while (line_ < source_.line_count()) {
        const std::string_view whole = source_.line(++line_);
        check_length(line_);
        std::string_view text = trim_start(whole);
        if (takes_directives_ && read_directive(text)) continue;
        if (text.starts_with('#')) {
            remember_comment(text);
            continue;
        }
        if (text.empty()) continue;
        LogicalLine line;
        line.location.line = line.location.last_line = to_unsigned(line_);
        const bool is_continued = take_continuation(text, escape_);
        append_piece(line, text, whole, line_);
        if (is_continued) read_continuation(line);
        line.comments = std::exchange(comments_, {});
        return line;
    }
    return std::nullopt;
}

void LineReader::read_continuation(LogicalLine& line) {
    bool has_empty_line = false;
    bool is_continued = true;
    while (is_continued && line_ < source_.line_count()) {
        const std::string_view whole = source_.line(++line_);
        check_length(line_);
        line.location.last_line = to_unsigned(line_);
        if (is_comment(whole)) continue;
        if (trim_start(whole).empty()) {
            has_empty_line = true;
            continue;
        }
        std::string_view text = whole;
        is_continued = take_continuation(text, escape_);
        append_piece(line, text, whole, line_);
    }
    if (has_empty_line && warnings_)
        warnings_->push_back({"NoEmptyContinuation", "Empty continuation line found in: " + line.text,
                              Location{line.location.last_line, line.location.last_line, 0, 0}});
}

bool LineReader::read_directive(std::string_view text) {
    auto directive = parse_directive_line(text);
    takes_directives_ = directive.has_value();
    if (!directive) return false;
    directive->location = {to_unsigned(line_), to_unsigned(line_), 0, 0};
    const auto is_same = [&](const Directive& other) { return other.name == directive->name; };
    if (std::any_of(directives_.begin(), directives_.end(), is_same))
        throw runtime::Error("only one {} parser directive can be used", directive->name)
            .at(source_.place(directive->location));
    if (directive->name == "escape") {
        if (directive->value != "\\" && directive->value != "`")
            throw runtime::Error("parsing main Dockerfile: {}: invalid ESCAPE {}. Must be ` or \\", source_.name(),
                                 runtime::quoted(directive->value.substr(0, 1)))
                .at(source_.place(directive->location));
        escape_ = directive->value.front();
    }
    directives_.push_back(std::move(*directive));
    return true;
}

void LineReader::remember_comment(std::string_view text) {
    const std::string_view comment = trim(text.substr(1));
    if (comment.empty())
        comments_.clear();
    else
        comments_.emplace_back(comment);
}

void LineReader::check_length(std::size_t number) const {
    const std::string_view text = source_.raw_line(number);
    const std::size_t length = text.ends_with('\n') ? text.size() - 1 : text.size();
    if (length <= longest_line_bytes) return;
    runtime::Place place;
    place.file = source_.name();
    place.line = place.last_line = to_unsigned(number);
    throw runtime::Error("dockerfile line greater than max allowed size of {}: it has {} bytes", longest_line_bytes,
                         length)
        .at(std::move(place));
}

void LineReader::read_heredoc(Heredoc& heredoc, LogicalLine& line) {
    heredoc.location = {to_unsigned(line_ + 1), to_unsigned(line_ + 1), 0, 0};
    std::size_t near_miss = 0;
    while (line_ < source_.line_count()) {
        std::string_view text = source_.line(++line_);
        if (heredoc.chomp) text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
        if (text == heredoc.name) {
            line.location.last_line = to_unsigned(line_);
            heredoc.location.last_line = std::max(heredoc.location.line, to_unsigned(line_ - 1));
            return;
        }
        if (near_miss == 0 && trim(text) == heredoc.name) near_miss = line_;
        heredoc.content += source_.raw_line(line_);
    }
    std::string hint = "end it with a line that is nothing but " + heredoc.name;
    if (near_miss > 0) hint += fmt::format("; line {} has blanks around it", near_miss);
    throw runtime::Error("unterminated heredoc {}: the file ends before its closing line",
                         runtime::quoted(heredoc.name))
        .at(source_.place({line.location.line, line.location.line, 0, 0}))
        .with_hint(std::move(hint));
}

}  // namespace builder
