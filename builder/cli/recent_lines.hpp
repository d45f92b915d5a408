// The last lines that a step has printed, as they would stand on a terminal of its own.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// Carries out what output means: a carriage return begins the line anew, a backspace takes a character back, colours
/// stay. Everything else that could steer a terminal is left out or shown as an escape. Holds a few KiB, whatever
/// comes.
class RecentLines {
public:
    /// `keeps_styles`: colours and other styles stay in the lines.
    explicit RecentLines(bool keeps_styles) : keeps_styles_(keeps_styles) {}

    void add(std::string_view output);
    /// The last lines that hold something, the newest last; each ends with its styles reset.
    std::vector<std::string> last(std::size_t count) const;

private:
    enum class Escape { none, begun, sequence, text, text_end };
    void add_byte(char byte);
    void add_to_escape(char byte);
    void end_sequence(char byte);
    void take_back();
    void end_line();

    bool keeps_styles_;
    std::deque<std::string> lines_;
    std::string line_;      ///< the one that is not ended
    std::string style_;     ///< what is switched on
    std::string sequence_;  ///< an escape sequence whose end has not come
    Escape escape_ = Escape::none;
    bool begins_anew_ = false;  ///< a carriage return came last
};

}  // namespace builder
