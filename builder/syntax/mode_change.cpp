#include "builder/syntax/mode_change.hpp"

#include <charconv>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr std::uint32_t all_bits = 07777;
constexpr std::uint32_t user_bits = 04700;
constexpr std::uint32_t group_bits = 02070;
constexpr std::uint32_t other_bits = 00007;
constexpr std::uint32_t sticky_bit = 01000;

[[noreturn]] void refuse(std::string_view text, std::string_view reason) {
    throw runtime::Error("invalid chmod mode {}: {}", runtime::quoted(text), reason)
        .with_hint("write it as 0755, or as u=rwX,go=rX");
}

std::uint32_t class_bits(char letter) {
    switch (letter) {
        case 'u':
            return user_bits;
        case 'g':
            return group_bits;
        case 'o':
            return other_bits;
        case 'a':
            return user_bits | group_bits | other_bits;
        default:
            return 0;
    }
}

/// The bits of a permission in all classes that have it.
std::uint32_t permission_bits(char letter) {
    switch (letter) {
        case 'r':
            return 0444;
        case 'w':
            return 0222;
        case 'x':
            return 0111;
        case 's':
            return 06000;
        case 't':
            return sticky_bit;
        default:
            return 0;
    }
}

/// The rwx bits of one class, spread over all three.
std::uint32_t spread(std::uint32_t mode, char copied_class) {
    const unsigned shift = copied_class == 'u' ? 6 : copied_class == 'g' ? 3 : 0;
    return (mode >> shift & 07) * 0111;
}

}  // namespace

ModeChange ModeChange::parse(std::string_view text) {
    ModeChange change;
    if (text.empty()) refuse(text, "it is empty");
    if (text.front() >= '0' && text.front() <= '9') {
        std::uint32_t mode = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
        if (error != std::errc() || end != text.data() + text.size() || mode > all_bits)
            refuse(text, "it is no octal number up to 7777");
        change.absolute_ = mode;
        return change;
    }
    std::string_view rest = text;
    for (std::size_t comma = 0; comma != std::string_view::npos;) {
        comma = rest.find(',');
        parse_clauses(rest.substr(0, comma), text, change.clauses_);
        if (comma != std::string_view::npos) rest.remove_prefix(comma + 1);
    }
    return change;
}

void ModeChange::parse_clauses(std::string_view part, std::string_view text, std::vector<Clause>& clauses) {
    std::size_t position = 0;
    std::uint32_t who = 0;
    while (position < part.size() && class_bits(part[position]) != 0) who |= class_bits(part[position++]);
    if (who == 0) who = class_bits('a');
    if (position == part.size()) refuse(text, "an operator (+, - or =) is missing");
    while (position < part.size()) {
        Clause clause;
        clause.who = who;
        clause.operation = part[position++];
        if (clause.operation != '+' && clause.operation != '-' && clause.operation != '=')
            refuse(text, fmt::format("{} is neither a class, an operator nor a permission",
                                     runtime::quoted(std::string_view(&clause.operation, 1))));
        if (position < part.size() && class_bits(part[position]) != 0 && part[position] != 'a') {
            clause.copied_class = part[position++];
        } else {
            for (; position < part.size(); ++position) {
                if (part[position] == 'X')
                    clause.has_conditional_execute = true;
                else if (permission_bits(part[position]) != 0)
                    clause.bits |= permission_bits(part[position]);
                else
                    break;
            }
        }
        clauses.push_back(clause);
    }
}

std::uint32_t ModeChange::apply_clause(const Clause& clause, std::uint32_t mode, bool is_directory) {
    std::uint32_t bits = clause.copied_class != '\0' ? spread(mode, clause.copied_class) : clause.bits;
    if (clause.has_conditional_execute && (is_directory || (mode & 0111) != 0)) bits |= 0111;
    // The sticky bit belongs to no class.
    const bool has_all = clause.who == class_bits('a');
    const std::uint32_t reach = clause.who | (has_all || (bits & sticky_bit) != 0 ? sticky_bit : 0);
    bits &= reach;
    if (clause.operation == '+') return mode | bits;
    if (clause.operation == '-') return mode & ~bits;
    return (mode & ~reach) | bits;
}

std::uint32_t ModeChange::apply(std::uint32_t mode, bool is_directory) const {
    if (absolute_) return *absolute_;
    mode &= all_bits;
    for (const Clause& clause : clauses_) mode = apply_clause(clause, mode, is_directory);
    return mode;
}

}  // namespace builder
