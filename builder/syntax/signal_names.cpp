#include "builder/syntax/signal_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace builder {
namespace {

constexpr int last_signal = 64;
constexpr int last_in_half = 15;  ///< RTMIN+15 and RTMAX-14 are the middle

/// Linux's, without those of real time; IOT, POLL, CLD and UNUSED are other names of some.
constexpr std::array<std::string_view, 35> names = {
    "HUP",  "INT",  "QUIT",   "ILL",  "TRAP",  "ABRT", "IOT",  "BUS",  "FPE",  "KILL",   "USR1",  "SEGV",
    "USR2", "PIPE", "ALRM",   "TERM", "CHLD",  "CLD",  "CONT", "STOP", "TSTP", "TTIN",   "TTOU",  "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "POLL", "PWR",  "SYS",  "STKFLT", "UNUSED"};

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// What stands behind RTMIN or RTMAX.
bool is_distance(std::string_view text, char sign, int most) {
    if (text.empty()) return true;
    if (text.front() != sign || text.size() < 2 || std::isdigit(static_cast<unsigned char>(text[1])) == 0) return false;
    const auto distance = number(text.substr(1));
    return distance && *distance >= 1 && *distance <= most;
}

}  // namespace

bool is_signal(std::string_view text) {
    if (const auto value = number(text)) return *value >= 1 && *value <= last_signal;
    std::string name(text);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (name.starts_with("SIG")) name.erase(0, 3);
    if (name.starts_with("RTMIN")) return is_distance(std::string_view(name).substr(5), '+', last_in_half);
    if (name.starts_with("RTMAX")) return is_distance(std::string_view(name).substr(5), '-', last_in_half - 1);
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace builder
