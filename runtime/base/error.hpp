// Errors as part of the product: what was tried, on what, why it failed, where in the user's file, and what to do next.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime {

/// A place in a text that the user wrote. Lines and columns count from 1; column 0 means the whole line.
struct Place {
    std::string file;
    unsigned line = 0;
    unsigned last_line = 0;            ///< the last line of the node, at least `line`
    unsigned column = 0;               ///< in bytes
    unsigned length = 1;               ///< bytes that the caret underlines
    std::vector<std::string> excerpt;  ///< the text of the lines from `line` on, without line ends
};

/// An error with its circumstances. The thrower names the act, callers add context, main prints it once.
class Error : public std::exception {
public:
    template <typename... Arguments>
    explicit Error(fmt::format_string<Arguments...> format, Arguments&&... arguments)
        : Error(Ready{}, fmt::format(format, std::forward<Arguments>(arguments)...)) {}

    /// Adds what was being done when it happened; the last one added is printed first.
    template <typename... Arguments>
    Error& add_context(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        contexts_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
        return *this;
    }

    /// Points at the user's own text. The innermost place wins: a later call does not replace an earlier one.
    Error& at(Place place);
    /// The next move for the user, one sentence. The first one given wins; an empty text is ignored.
    Error& with_hint(std::string hint);
    Error& with_exit_code(int code) noexcept;
    /// The last lines that a failed command printed.
    Error& with_output(std::string output);

    /// Passes everything that people would read through a function, as to take secrets out of it.
    void rewrite(const std::function<std::string(const std::string&)>& change);

    const char* what() const noexcept override { return message_.c_str(); }
    const std::string& message() const noexcept { return message_; }
    /// The message with its contexts in front: "outer: inner: message".
    std::string full_message() const;
    const std::optional<Place>& place() const noexcept { return place_; }
    const std::string& hint() const noexcept { return hint_; }
    const std::string& output() const noexcept { return output_; }
    int exit_code() const noexcept { return exit_code_; }

protected:
    struct Ready {};
    Error(Ready, std::string message) : message_(std::move(message)) {}

private:
    std::string message_;
    std::vector<std::string> contexts_;
    std::optional<Place> place_;
    std::string hint_;
    std::string output_;
    int exit_code_ = 125;
};

/// An error of a system call: the message ends with the text of errno, which is read before anything is formatted.
class SystemError : public Error {
public:
    template <typename... Arguments>
    explicit SystemError(fmt::format_string<Arguments...> format, Arguments&&... arguments)
        : SystemError(Number{errno}, format, std::forward<Arguments>(arguments)...) {}

    struct Number {
        int value;
    };
    template <typename... Arguments>
    SystemError(Number number, fmt::format_string<Arguments...> format, Arguments&&... arguments)
        : Error(Ready{}, describe(number.value, fmt::format(format, std::forward<Arguments>(arguments)...))),
          number_(number.value) {}

    int number() const noexcept { return number_; }

private:
    static std::string describe(int number, std::string act);
    int number_;
};

/// The text of an errno value as strerror gives it, but in lower case: "no such file or directory".
std::string errno_text(int number);

/// The whole report as main prints it: message, place with excerpt and caret, hint. Ends with a newline.
std::string render_error(const Error& error, bool colour = false);

/// An excerpt of the place: the lines with their numbers, `>>>` marks and a caret below the column. Ends with a
/// newline.
std::string render_place(const Place& place);

/// 'text' with quotes; control characters and bytes that are not valid UTF-8 are shown escaped, so that output stays
/// harmless.
std::string quoted(std::string_view text);
// Exact matches, so that std::quoted, found by its argument's namespace, is never the better one.
inline std::string quoted(const std::string& text) {
    return quoted(std::string_view(text));
}
inline std::string quoted(std::string& text) {
    return quoted(std::string_view(text));
}
inline std::string quoted(const char* text) {
    return quoted(std::string_view(text));
}

}  // namespace runtime
