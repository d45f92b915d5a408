// What steps print, put together for one stream: whose each line is, and where the cursor stands.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace builder {

/// Only text goes in and comes out. Nothing is dropped, and the time is linear in the bytes.
///
/// Of one stage all is passed on as it comes. Of several stages each line gets a prefix that says whose it is, so the
/// last line is held back till its end comes. What is held for long is shown unfinished: a line that is open on the
/// screen belongs to one step, goes on while that step prints, and is ended where another text comes.
class OutputLines {
public:
    /// Stage and step.
    using Step = std::pair<std::size_t, std::size_t>;
    using Clock = std::chrono::steady_clock;

    /// On a terminal a carriage return brings the prefix back, too, which the text behind it would write over.
    explicit OutputLines(bool is_terminal) : is_terminal_(is_terminal) {}

    /// The text to show for more output of a step.
    std::string add(Step step, const std::string& prefix, std::string_view output, Clock::time_point now);
    /// What was held back for a step, with the end of its line.
    std::string finish(Step step);
    /// What has been held back for too long.
    std::string overdue(Clock::time_point now);
    /// What ends the line that is open; empty where none is.
    std::string end_line();
    bool is_open() const noexcept { return open_.has_value(); }

private:
    struct Held {
        std::string prefix;
        std::string text;
        Clock::time_point since;
    };
    void show(std::string& out, Step step, const std::string& prefix, std::string_view text);
    void show_line(std::string& out, Step step, const std::string& prefix, std::string_view line);

    bool is_terminal_;
    std::optional<Step> open_;  ///< whose line the cursor stands in
    std::map<Step, Held> held_;
};

}  // namespace builder
