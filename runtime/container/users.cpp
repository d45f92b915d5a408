#include "runtime/container/users.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace runtime {
namespace {

/// To the kernel it means that an ID stays as it is.
constexpr std::uint32_t no_id = 0xffffffff;

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
        if (gid && *gid != no_id && std::find(members.begin(), members.end(), user) != members.end())
            groups.push_back(*gid);
    }
    return groups;
}

/// What is written in digits is that number, whatever name a line of the image's files has.
std::optional<std::uint32_t> id_in_digits(std::string_view text, std::string_view kind) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    if (const auto number = number_of(text); number && *number != no_id) return number;
    throw Error("{} is no {} ID: the largest is {}", text, kind, no_id - 1);
}

std::uint32_t require_id(std::uint32_t number, std::string_view kind, std::string_view name) {
    if (number != no_id) return number;
    throw Error("the image gives {} the number {}, which is no {} ID", quoted(name), number, kind);
}

gid_t group_named(std::string_view text, const UserFiles& files) {
    if (const auto number = id_in_digits(text, "group")) return *number;
    if (const auto gid = find_group(files.group, text)) return require_id(*gid, "group", text);
    throw Error("unknown group error looking up group \"{}\" in the image's /etc/group", text)
        .with_hint("make the group in a RUN step above, or give its number");
}

/// The line of a user by number or name; throws Error where a name has none.
std::optional<PasswdEntry> entry_of(std::string_view name, const std::optional<std::uint32_t>& number,
                                    const UserFiles& files) {
    if (number) return find_passwd(files.passwd, [&](std::string_view, uid_t uid) { return uid == *number; });
    auto entry = find_passwd(files.passwd, [&](std::string_view known, uid_t) { return known == name; });
    if (!entry)
        throw Error("determining run uid: user: unknown user error looking up user \"{}\" in the image's /etc/passwd",
                    name)
            .with_hint("make the user first, or give its number");
    require_id(entry->uid, "user", name);
    require_id(entry->gid, "group", name);
    return entry;
}

}  // namespace

ContainerUser find_user(std::string_view text, const UserFiles& files) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view group = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const auto number = name.empty() ? std::optional<std::uint32_t>(0) : id_in_digits(name, "user");
    const auto entry = entry_of(name, number, files);
    ContainerUser user;
    user.uid = number ? *number : entry->uid;
    user.gid = entry ? require_id(entry->gid, "group", entry->name) : 0;
    if (entry && !entry->home.empty()) user.home = entry->home;
    if (!group.empty()) user.gid = group_named(group, files);
    // The primary one too: a program that gives up its group for another one would else have left what it may not
    // enter.
    user.supplementary_groups = {user.gid};
    if (group.empty() && entry)
        for (const gid_t one : groups_with(files.group, entry->name))
            if (one != user.gid) user.supplementary_groups.push_back(one);
    return user;
}

Owner find_owner(std::string_view text, const UserFiles& files) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view group = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    Owner owner;
    if (const auto number = name.empty() ? std::nullopt : id_in_digits(name, "user")) {
        owner = {*number, *number};
    } else if (!name.empty()) {
        const auto entry = entry_of(name, std::nullopt, files);
        owner = {entry->uid, entry->gid};
    }
    if (!group.empty()) owner.gid = group_named(group, files);
    return owner;
}

}  // namespace runtime
