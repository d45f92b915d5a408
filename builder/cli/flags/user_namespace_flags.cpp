#include "builder/cli/flags/user_namespace_flags.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>

#include "builder/containers/running.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::IdRange;
using runtime::quoted;

constexpr uid_t no_uid = std::numeric_limits<uid_t>::max();
/// Whose ranges are for containers in general, as other tools have it.
constexpr const char* user_of_containers = "containers";

std::vector<IdRange> given_ranges(const std::vector<std::string>& texts) {
    std::vector<IdRange> ranges;
    for (const std::string& text : texts)
        for (const IdRange& range : runtime::parse_id_ranges(text)) ranges.push_back(range);
    return ranges;
}

/// The ranges of a name in /etc/subuid or /etc/subgid, one behind the other from 0 on.
std::vector<IdRange> ranges_of_name(const std::string& file, const std::string& name) {
    std::vector<IdRange> ranges =
        runtime::subordinate_ranges(runtime::read_file_if_exists(file).value_or(""), name, no_uid);
    if (ranges.empty())
        throw Error("{} gives no IDs to {}", file, quoted(name))
            .with_hint(fmt::format("add a line such as {}:2147483648:65536", name));
    std::uint32_t next = 0;
    for (IdRange& range : ranges) {
        range.inside = next;
        next += range.count;
    }
    return ranges;
}

/// "auto:size=1000": the first of the ranges that are for containers.
std::vector<IdRange> automatic_ranges(const std::string& file, std::uint32_t size) {
    std::vector<IdRange> ranges = ranges_of_name(file, user_of_containers);
    std::vector<IdRange> taken;
    for (IdRange range : ranges) {
        if (size == 0) break;
        range.count = std::min(range.count, size);
        size -= range.count;
        taken.push_back(range);
    }
    if (size > 0) throw Error("{} has {} IDs too few for {}", file, size, quoted(user_of_containers));
    return taken;
}

std::uint32_t automatic_size(const std::string& mode) {
    constexpr std::uint32_t usual_size = 65536;
    if (mode == "auto") return usual_size;
    constexpr std::string_view option = "auto:size=";
    if (!mode.starts_with(option)) throw Error("--userns {} is not known", mode).with_hint("auto takes size=NUMBER");
    return static_cast<std::uint32_t>(std::strtoul(mode.c_str() + option.size(), nullptr, 10));
}

struct Mapping {
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
};

Mapping mapping_of(const UserNamespaceFlags& flags) {
    if (flags.mode.starts_with("auto")) {
        const std::uint32_t size = automatic_size(flags.mode);
        return {automatic_ranges("/etc/subuid", size), automatic_ranges("/etc/subgid", size)};
    }
    Mapping mapping{given_ranges(flags.users), given_ranges(flags.groups)};
    // One name stands for the other, and one mapping for the other, as with other tools.
    const std::string user = flags.user_of_ranges.empty() ? flags.group_of_ranges : flags.user_of_ranges;
    const std::string group = flags.group_of_ranges.empty() ? user : flags.group_of_ranges;
    if (mapping.users.empty() && !user.empty()) mapping.users = ranges_of_name("/etc/subuid", user);
    if (mapping.groups.empty() && !group.empty()) mapping.groups = ranges_of_name("/etc/subgid", group);
    if (mapping.users.empty()) mapping.users = mapping.groups;
    if (mapping.groups.empty()) mapping.groups = mapping.users;
    return mapping;
}

bool names_ids(const UserNamespaceFlags& flags) {
    return !flags.users.empty() || !flags.groups.empty() || !flags.user_of_ranges.empty() ||
           !flags.group_of_ranges.empty();
}

bool asks_for_one(const UserNamespaceFlags& flags) {
    return flags.mode != "host" && (!flags.mode.empty() || names_ids(flags));
}

/// Nothing where it is that of this program.
std::shared_ptr<const runtime::UserNamespace> existing_namespace(const std::string& mode) {
    const std::string path = mode.starts_with("ns:") ? mode.substr(3) : mode;
    runtime::Fd handle = runtime::open_path(path, O_RDONLY);
    if (runtime::stat_of(handle).st_ino == runtime::stat_of(runtime::open_path("/proc/self/ns/user", O_RDONLY)).st_ino)
        return nullptr;
    if (runtime::acquire_rights().level != runtime::Privileges::root)
        throw Error("--userns {} needs root, whose kernel shifts the owners of files", mode);
    runtime::UserNamespace found = runtime::describe_user_namespace(std::move(handle));
    if (!runtime::id_outside(found.users, 0) || !runtime::id_outside(found.groups, 0))
        throw Error("the user namespace {} has no ID 0, which steps begin as", path);
    return std::make_shared<const runtime::UserNamespace>(std::move(found));
}

}  // namespace

std::vector<Flag> user_namespace_flags(UserNamespaceFlags& flags) {
    return {
        flag("userns", 0, "MODE",
             "user namespace of steps: host, auto[:size=NUMBER], container:NAME, ns:PATH, or private with one of the "
             "mappings below",
             flags.mode),
        flag("userns-uid-map", 0, "CONTAINER:HOST:COUNT", "UID mapping of the user namespace", flags.users),
        flag("userns-gid-map", 0, "CONTAINER:HOST:COUNT", "GID mapping of the user namespace", flags.groups),
        flag("userns-uid-map-user", 0, "NAME", "user whose /etc/subuid ranges to use", flags.user_of_ranges),
        flag("userns-gid-map-group", 0, "NAME", "group whose /etc/subgid ranges to use", flags.group_of_ranges)};
}

void complete(UserNamespaceFlags& flags, Context& context) {
    if (flags.mode.starts_with("container:")) {
        const std::string name = flags.mode.substr(std::string_view("container:").size());
        const pid_t process = process_in(context.store(), require_container(context.store(), name));
        flags.mode = fmt::format("ns:/proc/{}/ns/user", process);
    }
    if (asks_for_one(flags) && !(flags.mode == "private" && !names_ids(flags))) return;
    if (flags.mode == "host") return;
    flags.users = context.options().user_ranges;
    flags.groups = context.options().group_ranges;
}

std::shared_ptr<const runtime::UserNamespace> make_user_namespace(const UserNamespaceFlags& flags) {
    if (flags.mode == "host" && names_ids(flags))
        throw Error("parsing ID mapping options: can not specify ID mappings while using host's user namespace");
    if (!asks_for_one(flags)) return nullptr;
    if (flags.mode.starts_with("ns:") || flags.mode.starts_with("/")) return existing_namespace(flags.mode);
    const bool is_private = flags.mode.empty() || flags.mode == "private" || flags.mode == "container";
    if (!is_private && !flags.mode.starts_with("auto"))
        throw Error("--userns takes host, private, auto, container:NAME or ns:PATH, not {}", quoted(flags.mode));
    if (runtime::acquire_rights().level != runtime::Privileges::root) {
        // An ordinary user's steps are in a user namespace already; the kernel shifts owners for root only.
        if (!names_ids(flags)) return nullptr;
        throw Error("--userns-uid-map and the like need root, whose kernel shifts the owners of files")
            .with_hint("steps of an ordinary user are in a user namespace already");
    }
    const Mapping mapping = mapping_of(flags);
    if (mapping.users.empty())
        throw Error("--userns {} needs to know which IDs", flags.mode)
            .with_hint("add --userns-uid-map 0:100000:65536, or say --userns auto");
    if (!runtime::id_outside(mapping.users, 0) || !runtime::id_outside(mapping.groups, 0))
        throw Error("the mapping of the user namespace has no ID 0, which steps begin as");
    return std::make_shared<const runtime::UserNamespace>(runtime::make_user_namespace(mapping.users, mapping.groups));
}

}  // namespace builder
