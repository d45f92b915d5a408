// A user namespace in which an ordinary user is root, with the further IDs that /etc/subuid and /etc/subgid give it.
// user_namespaces(7), subuid(5), newuidmap(1).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sys/fd.hpp"

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

/// A user namespace that nobody is in yet, for containers and for mounts that shift owners.
struct UserNamespace {
    Fd handle;
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
};

/// Makes one; the IDs outside must be this process's to give. Throws SystemError.
UserNamespace make_user_namespace(std::vector<IdRange> users, std::vector<IdRange> groups);

/// One that is there, with the mapping that it has as seen from here. Throws Error where it cannot be entered.
UserNamespace describe_user_namespace(Fd handle);

/// The ID outside of the namespace for one inside; nothing where it has none there.
std::optional<std::uint32_t> id_outside(const std::vector<IdRange>& ranges, std::uint32_t inside);

/// "0:100000:65536", or several of them with commas between. Throws Error.
std::vector<IdRange> parse_id_ranges(std::string_view text);

/// Moves this process, which has one thread, into new user and mount namespaces, as root. Where no further IDs can be
/// had, it is root alone; `notice` then says why. Throws SystemError where user namespaces may not be made.
void enter_user_namespace(std::string& notice);

}  // namespace runtime
