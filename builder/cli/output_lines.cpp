#include "builder/cli/output_lines.hpp"

namespace builder {
namespace {

constexpr std::size_t most_held_bytes = 64 * 1024;
constexpr auto held_for = std::chrono::milliseconds(200);

}  // namespace

/// `line` is one line, or the beginning or the end of one.
void OutputLines::show_line(std::string& out, Step step, const std::string& prefix, std::string_view line) {
    if (open_ != step) {
        out += end_line();
        out += prefix;
    }
    const bool has_end = line.ends_with('\n');
    if (!is_terminal_ || prefix.empty()) {
        out += line;
    } else {
        for (std::size_t begin = 0; begin < line.size();) {
            const std::size_t end = line.find('\r', begin);
            out += line.substr(begin, end - begin);
            if (end == std::string_view::npos) break;
            out += "\r" + prefix;
            begin = end + 1;
        }
    }
    open_ = has_end ? std::nullopt : std::optional(step);
}

/// What goes on after a line that is open, and what has carriage returns, is looked at closely. Else there may be many
/// millions of lines.
void OutputLines::show(std::string& out, Step step, const std::string& prefix, std::string_view text) {
    out.reserve(out.size() + 2 * text.size());
    const bool is_plain = !is_terminal_ || text.find('\r') == std::string_view::npos;
    while (!text.empty()) {
        for (std::size_t end; is_plain && !open_ && (end = text.find('\n')) != std::string_view::npos;) {
            out.append(prefix).append(text, 0, end + 1);
            text.remove_prefix(end + 1);
        }
        if (text.empty()) return;
        const std::size_t end = text.find('\n');
        const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
        show_line(out, step, prefix, text.substr(0, length));
        text.remove_prefix(length);
    }
}

std::string OutputLines::add(Step step, const std::string& prefix, std::string_view output, Clock::time_point now) {
    std::string out;
    if (output.empty()) return out;
    if (prefix.empty()) {
        if (open_ != step) out += end_line();
        out += output;
        open_ = output.ends_with('\n') ? std::nullopt : std::optional(step);
        return out;
    }
    Held& held = held_[step];
    held.prefix = prefix;
    const std::size_t last_end = output.rfind('\n');
    if (last_end != std::string_view::npos) {
        show(out, step, prefix, held.text.append(output, 0, last_end + 1));
        held.text.clear();
        output.remove_prefix(last_end + 1);
    }
    if (held.text.empty()) held.since = now;
    held.text += output;
    if (held.text.size() > most_held_bytes) {
        show(out, step, prefix, held.text);
        held.text.clear();
    }
    return out;
}

std::string OutputLines::finish(Step step) {
    std::string out;
    if (const auto held = held_.find(step); held != held_.end()) {
        show(out, step, held->second.prefix, held->second.text);
        held_.erase(held);
    }
    return out + end_line();
}

std::string OutputLines::overdue(Clock::time_point now) {
    std::string out;
    for (auto& [step, held] : held_) {
        if (held.text.empty() || now - held.since < held_for) continue;
        show(out, step, held.prefix, held.text);
        held.text.clear();
    }
    return out;
}

std::string OutputLines::end_line() {
    const bool was_open = open_.has_value();
    open_.reset();
    return was_open ? "\n" : "";
}

}  // namespace builder
