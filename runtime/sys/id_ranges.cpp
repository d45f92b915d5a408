#include "runtime/sys/id_ranges.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace runtime {
namespace {

std::uint32_t number_of(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::vector<IdRange> subordinate_ranges(std::string_view text, const std::string& name, uid_t uid) {
    std::vector<IdRange> ranges;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string_view line = text.substr(start, end - start);
        start = end + 1;
        const auto first = line.find(':');
        const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos) continue;
        const std::string_view owner = line.substr(0, first);
        if (owner != name && owner != std::to_string(uid)) continue;
        const IdRange range{0, number_of(line.substr(first + 1, second - first - 1)),
                            number_of(line.substr(second + 1))};
        if (range.count > 0) ranges.push_back(range);
    }
    return ranges;
}

std::vector<IdRange> root_mapping(std::uint32_t own_id, std::vector<IdRange> subordinate) {
    std::vector<IdRange> mapping = {{0, own_id, 1}};
    std::uint32_t next = 1;
    for (IdRange& range : subordinate) {
        range.inside = next;
        next += range.count;
        mapping.push_back(range);
    }
    return mapping;
}

std::vector<IdRange> identity_mapping(std::string_view map_of_parent) {
    std::vector<IdRange> mapping;
    std::istringstream lines{std::string(map_of_parent)};
    for (IdRange range; lines >> range.inside >> range.outside >> range.count;)
        mapping.push_back({range.inside, range.inside, range.count});
    return mapping;
}

std::optional<std::uint32_t> id_outside(const std::vector<IdRange>& ranges, std::uint32_t inside) {
    for (const IdRange& range : ranges)
        if (inside >= range.inside && inside - range.inside < range.count)
            return range.outside + (inside - range.inside);
    return std::nullopt;
}

std::vector<IdRange> parse_id_ranges(std::string_view text) {
    std::vector<IdRange> ranges;
    for (const std::string_view one : split(text, ',')) {
        IdRange range;
        const char* place = one.data();
        const char* const last = one.data() + one.size();
        for (std::uint32_t* number : {&range.inside, &range.outside, &range.count}) {
            const auto read = std::from_chars(place, last, *number);
            const bool is_last = number == &range.count;
            if (read.ec != std::errc() || (is_last ? read.ptr != last : read.ptr == last || *read.ptr != ':'))
                throw Error("{} is no range of IDs", quoted(one))
                    .with_hint("CONTAINER-ID:HOST-ID:COUNT, as in 0:100000:65536");
            if (!is_last) place = read.ptr + 1;
        }
        if (range.count == 0) throw Error("the range of IDs {} is empty", quoted(one));
        ranges.push_back(range);
    }
    return ranges;
}

std::string map_text(const std::vector<IdRange>& ranges) {
    std::string text;
    for (const IdRange& range : ranges) text += fmt::format("{} {} {}\n", range.inside, range.outside, range.count);
    return text;
}

}  // namespace runtime
