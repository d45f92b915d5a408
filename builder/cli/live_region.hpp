// Lines at the bottom of a terminal that are drawn again and again, with lasting lines above them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace builder {

struct TerminalSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

/// Of a terminal; else what COLUMNS and LINES say, else 80 by 24.
TerminalSize terminal_size(int descriptor);

/// Makes the text that draws; the caller writes it at once, so that nothing flickers. Not thread-safe.
class LiveRegion {
public:
    /// Puts the lasting lines (whole, each with its newline) where the region stood, and the region's lines below them.
    /// Those must be narrower than the terminal.
    std::string draw(const std::string& lasting, const std::vector<std::string>& lines, TerminalSize size);
    /// The lasting lines, and no region any more.
    std::string clear(const std::string& lasting, TerminalSize size) { return draw(lasting, {}, size); }

private:
    std::size_t rows_on_screen(TerminalSize size) const;
    std::vector<std::size_t> drawn_;  ///< the columns of each line
};

}  // namespace builder
