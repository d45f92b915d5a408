#include "builder/questions/packages.hpp"

#include <array>
#include <functional>

#include "overlay/folder_visit.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

constexpr std::size_t most_bytes = 64U << 20;

using Fields = std::map<std::string, std::string, std::less<>>;

/// Entries are parted by empty lines; a line is NAME, a colon and the value. A line that goes on begins with a blank.
void for_each_entry(std::string_view text, const std::function<void(const Fields& fields)>& visit) {
    Fields fields;
    for (const std::string_view line : runtime::split(text, '\n')) {
        if (line.empty()) {
            if (!fields.empty()) visit(fields);
            fields.clear();
        } else if (line.front() != ' ' && line.front() != '\t') {
            auto [name, value] = runtime::split_once(line, ':');
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            fields.emplace(name, value);
        }
    }
    if (!fields.empty()) visit(fields);
}

std::string field(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

/// A file for each package, as images without a package manager have them.
void read_parts(const overlay::LayeredView& view, const char* path, PackageLists& lists) {
    const auto folder = view.find(path);
    if (!folder || !folder->folder) return;
    for (const std::string& name : view.list(*folder->folder)) {
        if (name.ends_with(".md5sums")) continue;
        if (const auto text = view.read_text(path + ("/" + name), most_bytes)) add_debs(*text, lists);
    }
}

/// A database that is damaged, or a trap, is told of; the question is answered without it.
void read_or_tell(const std::string& what, PackageLists& lists, const std::function<void()>& read) {
    try {
        read();
    } catch (const runtime::Error&) {
        lists.unread.push_back(what);
    }
}

}  // namespace

void add_debs(std::string_view status, PackageLists& lists) {
    for_each_entry(status, [&](const Fields& fields) {
        const std::string name = field(fields, "Package"), state = field(fields, "Status");
        if (name.empty() || (!state.empty() && !state.ends_with(" installed"))) return;
        const auto [place, is_new] = lists.versions.try_emplace({"deb", name}, field(fields, "Version"));
        if (!is_new) lists.versions[{"deb", name + ":" + field(fields, "Architecture")}] = field(fields, "Version");
    });
}

void add_apks(std::string_view installed, PackageLists& lists) {
    for_each_entry(installed, [&](const Fields& fields) {
        if (const std::string name = field(fields, "P"); !name.empty())
            lists.versions[{"apk", name}] = field(fields, "V");
    });
}

PackageLists read_packages(const overlay::LayeredView& view) {
    using Add = void (*)(std::string_view, PackageLists&);
    static constexpr std::array<std::pair<const char*, Add>, 3> texts = {{{"var/lib/dpkg/status", add_debs},
                                                                          {"lib/apk/db/installed", add_apks},
                                                                          {"usr/lib/apk/db/installed", add_apks}}};
    PackageLists lists;
    for (const auto& [path, add] : texts)
        read_or_tell(fmt::format("the package database /{}", path), lists, [&, path = path, add = add] {
            if (const auto text = view.read_text(path, most_bytes)) add(*text, lists);
        });
    read_or_tell("the package database /var/lib/dpkg/status.d", lists,
                 [&] { read_parts(view, "var/lib/dpkg/status.d", lists); });
    for (const char* const path : {"var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "var/lib/rpm/Packages.db",
                                   "usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db"})
        read_or_tell(fmt::format("the rpm database /{}", path), lists, [&, path] {
            if (view.find(path)) lists.unread.push_back(fmt::format("the rpm database /{}", path));
        });
    return lists;
}

std::vector<PackageDifference> difference_of(const PackageLists& before, const PackageLists& after) {
    std::map<std::pair<std::string, std::string>, PackageDifference> all;
    for (const auto& [package, version] : before.versions) all[package].before = version;
    for (const auto& [package, version] : after.versions) all[package].after = version;
    std::vector<PackageDifference> differences;
    for (auto& [package, one] : all) {
        if (one.before == one.after) continue;
        one.kind = package.first;
        one.name = package.second;
        differences.push_back(std::move(one));
    }
    return differences;
}

}  // namespace builder
