// The lexer: a source text as logical lines. Comments vanish, continued lines are joined, directives are read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/source_text.hpp"
#include "builder/syntax/syntax_tree.hpp"
#include "builder/syntax/warning.hpp"

namespace builder {

/// One instruction's text, put together from the lines it is written on. It remembers where each piece came from.
struct LogicalLine {
    struct Piece {
        std::size_t offset = 0;  ///< in `text`
        unsigned line = 0;
        unsigned column = 0;  ///< of the piece's first byte
    };

    std::string text;
    std::vector<Piece> pieces;
    Location location;                  ///< all lines, with those of the here-documents once they are read
    std::vector<std::string> comments;  ///< the comment lines in front of it, without `#`

    /// Where a part of `text` stands in the file; of a part that spans lines, what is on its first line.
    Location locate(std::string_view part) const;
};

/// Reads the logical lines of a text one after the other.
class LineReader {
public:
    /// The text outlives the reader. Warnings are added where a place for them is given.
    explicit LineReader(const SourceText& source, std::vector<Warning>* warnings = nullptr);

    /// The next logical line; nothing at the end. Throws Error for a wrong directive and for a line that is too long.
    std::optional<LogicalLine> next();

    /// Reads the body of a here-document that `line` opens, up to the line with its name, and extends line.location.
    /// Tabs stay in the content. Throws Error when the text ends first.
    void read_heredoc(Heredoc& heredoc, LogicalLine& line);

    char escape() const noexcept { return escape_; }
    const std::vector<Directive>& directives() const noexcept { return directives_; }

private:
    /// Takes a line that may be a directive; false when it is none.
    bool read_directive(std::string_view text);
    void remember_comment(std::string_view text);
    void check_length(std::size_t number) const;
    void read_continuation(LogicalLine& line);

    const SourceText& source_;
    std::vector<Warning>* warnings_;
    std::size_t line_ = 0;  ///< the number of the last line that was read
    bool takes_directives_ = true;
    char escape_ = '\\';
    std::vector<Directive> directives_;
    std::vector<std::string> comments_;
};

}  // namespace builder
