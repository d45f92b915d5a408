// Ranges of IDs that a user namespace maps: user_namespaces(7), subuid(5). Arithmetic and text only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime {

/// IDs of the namespace from `inside` on are those of the host from `outside` on.
struct IdRange {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(inside, outside, count);
    }
};

/// The ranges that a subordinate ID file gives a user, by name or number.
std::vector<IdRange> subordinate_ranges(std::string_view text, const std::string& name, uid_t uid);

/// 0 for the user itself, and the subordinate ones from 1 on.
std::vector<IdRange> root_mapping(std::uint32_t own_id, std::vector<IdRange> subordinate);

/// Each ID of a namespace as itself: what a root without its other rights may still give to a namespace below its own.
/// The text is that of /proc/PID/uid_map.
std::vector<IdRange> identity_mapping(std::string_view map_of_parent);

/// The ID outside of the namespace for one inside; nothing where it has none there.
std::optional<std::uint32_t> id_outside(const std::vector<IdRange>& ranges, std::uint32_t inside);

/// "0:100000:65536", or several of them with commas between. Throws Error.
std::vector<IdRange> parse_id_ranges(std::string_view text);

/// As /proc/PID/uid_map has it: a line for each range, "INSIDE OUTSIDE COUNT".
std::string map_text(const std::vector<IdRange>& ranges);

}  // namespace runtime
