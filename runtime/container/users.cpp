#include "runtime/container/users.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace runtime {
namespace {

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

struct PasswdEntry {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;
};

/// The first entry that fits; lines that are not well formed are passed over, as libc does.
template <typename Fits>
std::optional<PasswdEntry> find_passwd(std::string_view passwd, Fits fits) {
    for (const std::string_view line : split(passwd, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4) continue;
        const auto uid = number_of(fields[2]);
        const auto gid = number_of(fields[3]);
        if (!uid || !gid || !fits(fields[0], *uid)) continue;
        return PasswdEntry{std::string(fields[0]), *uid, *gid, fields.size() > 5 ? std::string(fields[5]) : ""};
    }
    return std::nullopt;
}

std::optional<gid_t> find_group(std::string_view group, std::string_view name) {
    for (const std::string_view line : split(group, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 3 || fields[0] != name) continue;
        if (const auto gid = number_of(fields[2])) return *gid;
    }
    return std::nullopt;
}

std::vector<gid_t> groups_with(std::string_view group, std::string_view user) {
    std::vector<gid_t> groups;
    for (const std::string_view line : split(group, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4) continue;
        const auto gid = number_of(fields[2]);
        const auto members = split(fields[3], ',');
        if (gid && std::find(members.begin(), members.end(), user) != members.end()) groups.push_back(*gid);
    }
    return groups;
}

gid_t group_named(std::string_view text, const UserFiles& files) {
    if (const auto gid = find_group(files.group, text)) return *gid;
    if (const auto number = number_of(text)) return *number;
    throw Error("there is no group {} in the image's /etc/group", quoted(text))
        .with_hint("make the group in a RUN step above, or give its number");
}

}  // namespace

ContainerUser find_user(std::string_view text, const UserFiles& files) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view group = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const auto number = name.empty() ? std::optional<std::uint32_t>(0) : number_of(name);
    // A name made of digits is a name first, as getent and the kernel tools see it.
    auto entry = name.empty() ? std::nullopt
                              : find_passwd(files.passwd, [&](std::string_view known, uid_t) { return known == name; });
    if (!entry && number)
        entry = find_passwd(files.passwd, [&](std::string_view, uid_t uid) { return uid == *number; });
    if (!entry && !number)
        throw Error("there is no user {} in the image's /etc/passwd", quoted(name))
            .with_hint("make the user in a RUN step above, or give its number");
    ContainerUser user;
    user.uid = entry ? entry->uid : *number;
    user.gid = entry ? entry->gid : 0;
    if (entry && !entry->home.empty()) user.home = entry->home;
    if (!group.empty())
        user.gid = group_named(group, files);
    else if (entry)
        user.supplementary_groups = groups_with(files.group, entry->name);
    return user;
}

Owner find_owner(std::string_view text, const UserFiles& files) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view group = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    Owner owner;
    const auto entry = find_passwd(files.passwd, [&](std::string_view known, uid_t) { return known == name; });
    if (entry) {
        owner = {entry->uid, entry->gid};
    } else if (const auto number = number_of(name)) {
        const auto by_number = find_passwd(files.passwd, [&](std::string_view, uid_t uid) { return uid == *number; });
        owner = {*number, by_number ? by_number->gid : *number};
    } else if (!name.empty()) {
        throw Error("there is no user {} in the image's /etc/passwd", quoted(name))
            .with_hint("make the user in a RUN step above, or give its number");
    }
    if (!group.empty()) owner.gid = group_named(group, files);
    return owner;
}

}  // namespace runtime
