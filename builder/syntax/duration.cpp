#include "builder/syntax/duration.hpp"

#include <array>
#include <cstdint>
#include <limits>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t nanoseconds;
};

constexpr std::array<Unit, 8> units = {{{"ns", 1},
                                        {"us", 1'000},
                                        {"\u00b5s", 1'000},
                                        {"\u03bcs", 1'000},
                                        {"ms", 1'000'000},
                                        {"s", 1'000'000'000},
                                        {"m", 60'000'000'000},
                                        {"h", 3'600'000'000'000}}};

constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void refuse(std::string_view text, std::string_view reason) {
    throw runtime::Error("time: {} \"{}\"", reason, text).with_hint("write it as 30s, 1m30s or 500ms");
}

std::string_view take_digits(std::string_view& rest) {
    const std::size_t length = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::string_view digits = rest.substr(0, length);
    rest.remove_prefix(length);
    return digits;
}

const Unit* take_unit(std::string_view& rest) {
    const std::size_t length = std::min(rest.find_first_of(".0123456789"), rest.size());
    for (const Unit& unit : units) {
        if (rest.substr(0, length) != unit.name) continue;
        rest.remove_prefix(length);
        return &unit;
    }
    return nullptr;
}

/// A number with its unit in nanoseconds; fractions of a nanosecond are cut off.
std::uint64_t take_term(std::string_view& rest, std::string_view text) {
    const std::string_view whole = take_digits(rest);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take_digits(rest);
    }
    if (whole.empty() && fraction.empty()) refuse(text, "invalid duration");
    const Unit* unit = take_unit(rest);
    if (unit == nullptr) {
        const std::string_view word = rest.substr(0, rest.find_first_of(".0123456789"));
        refuse(text, word.empty() ? "missing unit in duration" : fmt::format("unknown unit \"{}\" in duration", word));
    }
    std::uint64_t value = 0;
    for (const char digit : whole) {
        const auto number = static_cast<std::uint64_t>(digit - '0');
        if (value > (largest - number) / 10) refuse(text, "invalid duration");
        value = value * 10 + number;
    }
    if (value > largest / unit->nanoseconds) refuse(text, "invalid duration");
    value *= unit->nanoseconds;
    auto step = static_cast<long double>(unit->nanoseconds);
    long double part = 0;
    for (const char digit : fraction) part += (step /= 10) * static_cast<long double>(digit - '0');
    return value + static_cast<std::uint64_t>(part + 1e-6L);
}

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text) {
    std::string_view rest = text;
    const bool is_negative = rest.starts_with('-');
    if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
    if (rest == "0") return std::chrono::nanoseconds(0);
    if (rest.empty()) refuse(text, "invalid duration");
    std::uint64_t total = 0;
    while (!rest.empty()) {
        const std::uint64_t term = take_term(rest, text);
        if (term > largest - total) refuse(text, "invalid duration");
        total += term;
    }
    const auto count = static_cast<std::int64_t>(total);
    return std::chrono::nanoseconds(is_negative ? -count : count);
}

std::string duration_text(std::chrono::nanoseconds duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    if (seconds < 1e-3) return fmt::format("{}ns", duration.count());
    if (seconds < 1) return fmt::format("{:g}ms", seconds * 1000);
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (whole < 60) return fmt::format("{:g}s", seconds);
    std::string text = whole >= 3600 ? fmt::format("{}h", whole / 3600) : "";
    if (whole % 3600 >= 60) text += fmt::format("{}m", whole % 3600 / 60);
    if (whole % 60 > 0) text += fmt::format("{}s", whole % 60);
    return text;
}

}  // namespace builder
