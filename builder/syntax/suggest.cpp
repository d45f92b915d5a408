#include "builder/syntax/suggest.hpp"

#include <algorithm>
#include <vector>

#include "builder/syntax/unicode.hpp"

namespace builder {

std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t change = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            const bool is_swap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[to.size()];
}

std::string nearest_name(std::string_view word, std::span<const std::string_view> names) {
    constexpr std::size_t longest_word = 200;
    if (word.size() > longest_word) return {};
    const std::string lower = to_lower(word);
    // Two edits make anything out of a word of two letters.
    std::size_t limit = std::min<std::size_t>(3, std::max<std::size_t>(word.size(), 2) - 1);
    std::string_view nearest;
    for (const std::string_view name : names) {
        const std::string lower_name = to_lower(name);
        if (lower_name == lower) return {};
        const std::size_t distance = edit_distance(lower, lower_name);
        if (distance < limit) {
            limit = distance;
            nearest = name;
        }
    }
    return std::string(nearest);
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names) {
    const std::string name = nearest_name(word, names);
    return name.empty() ? std::string() : "did you mean " + name + "?";
}

}  // namespace builder
