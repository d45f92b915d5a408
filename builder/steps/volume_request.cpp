#include "builder/steps/volume_request.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::MountSpec;
using runtime::quoted;

/// Options of which one text has one at most, and how they are called together.
struct OptionGroup {
    std::vector<std::string_view> options;
    std::string_view names;
};

const std::array<OptionGroup, 6>& option_groups() {
    static const std::array<OptionGroup, 6> groups = {{
        {{"rw", "ro"}, "'rw' or 'ro'"},
        {{"z", "Z", "O"}, "'z', 'Z', or 'O'"},
        {{"shared", "rshared", "private", "rprivate", "slave", "rslave", "unbindable", "runbindable"},
         "'[r]shared', '[r]private', '[r]slave' or '[r]unbindable'"},
        {{"bind", "rbind"}, "'[r]bind'"},
        {{"noexec", "exec"}, "'noexec' or 'exec'"},
        {{"U"}, "'U'"},
    }};
    return groups;
}

void refuse_contradictions(const std::vector<std::string_view>& options) {
    for (const OptionGroup& group : option_groups()) {
        std::vector<std::string_view> given;
        for (const std::string_view option : options)
            if (std::find(group.options.begin(), group.options.end(), option) != group.options.end())
                given.push_back(option);
        if (given.size() > 1)
            throw Error("validating volumes: invalid options \"{}\", can only specify 1 {} option",
                        fmt::join(given, ", "), group.names);
    }
}

/// How a volume is mounted; false for what is no option of that.
bool apply_mount_option(VolumeRequest& volume, const std::string& option) {
    using Propagation = MountSpec::Propagation;
    if (option == "ro" || option == "rw")
        volume.read_only = option == "ro";
    else if (option == "noexec" || option == "exec")
        volume.no_execute = option == "noexec";
    else if (option == "shared" || option == "rshared")
        volume.propagation = Propagation::both_ways;
    else if (option == "slave" || option == "rslave")
        volume.propagation = Propagation::from_host;
    else if (option == "private" || option == "rprivate" || option == "unbindable" || option == "runbindable")
        volume.propagation = Propagation::none;
    else
        // The others are how every volume is mounted.
        return option.empty() || option == "bind" || option == "rbind" || option == "nodev" || option == "nosuid";
    return true;
}

void apply_volume_option(VolumeRequest& volume, const std::string& option, const std::string& text) {
    if (option == "O")
        volume.is_overlay = true;
    else if (option == "U")
        volume.changes_owner = true;
    else if (option == "z" || option == "Z")
        volume.label = option == "z" ? VolumeRequest::Label::shared : VolumeRequest::Label::own;
    else if (option.starts_with("upperdir="))
        volume.upper_folder = option.substr(9);
    else if (option.starts_with("workdir="))
        volume.work_folder = option.substr(8);
    else if (!apply_mount_option(volume, option))
        throw Error("validating volumes: invalid option type \"{}\"", option)
            .with_hint("it is of --volume " + text)
            .with_hint("there are ro, rw, O, U, z, Z, noexec, private, rprivate, slave, rslave, shared and rshared");
}

/// At each colon but those behind a backslash, which is left out then.
std::vector<std::string> split_at_colons(const std::string& text) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && text.compare(i + 1, 1, ":") == 0)
            parts.back() += text[++i];
        else if (text[i] == ':')
            parts.emplace_back();
        else
            parts.back() += text[i];
    }
    return parts;
}

void require_both_folders(const VolumeRequest& volume, const std::string& text) {
    if (volume.upper_folder.empty() && volume.work_folder.empty()) return;
    if (!volume.is_overlay)
        throw Error("validating volumes: upperdir and workdir belong to the option O: {}", quoted(text));
    for (const std::string& folder : {volume.upper_folder, volume.work_folder})
        if (!folder.starts_with("/"))
            throw Error("validating volumes: upperdir and workdir are given together, as absolute paths: {}",
                        quoted(text));
}

void give_below(const Fd& folder, const std::string& name, uid_t uid, gid_t gid) {
    const runtime::WalkLevel level;
    if (const int number = runtime::set_owner_at(folder, name, uid, gid); number != 0)
        throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot change the owner of {}", quoted(name));
    const auto status = runtime::stat_at(folder, name);
    if (!status || !S_ISDIR(status->st_mode)) return;
    const Fd below = runtime::open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    for (const runtime::FolderEntry& entry : runtime::list_folder(below)) give_below(below, entry.name, uid, gid);
}

}  // namespace

VolumeRequest parse_volume(const std::string& text) {
    const std::vector<std::string> parts = split_at_colons(text);
    if (parts.size() < 2 || parts[0].empty())
        throw Error("validating volumes: incorrect volume format \"{}\", should be host-dir:ctr-dir[:option]", text);
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
        if (!parts[side].starts_with("/"))
            throw Error("validating volumes: invalid {} path \"{}\", must be an absolute path",
                        side == 0 ? "host" : "container", parts[side]);
    VolumeRequest volume;
    volume.source = parts[0];
    volume.target = parts[1];
    if (parts.size() < 3) return volume;
    const std::vector<std::string_view> options = runtime::split(parts[2], ',');
    refuse_contradictions(options);
    for (const std::string_view option : options) apply_volume_option(volume, std::string(option), text);
    require_both_folders(volume, text);
    return volume;
}

void require_different_targets(const std::vector<std::string>& targets) {
    std::set<std::string_view> seen;
    for (const std::string& target : targets)
        if (!seen.insert(target).second) throw Error("{}: duplicate mount destination", target);
}

void clear_work_folder(const VolumeRequest& volume) {
    if (volume.work_folder.empty()) return;
    // The one name that overlayfs makes there.
    const std::string path = volume.work_folder + "/work";
    if (::access(path.c_str(), F_OK) == 0) runtime::remove_tree(path);
}

void give_to_user(const std::string& path, uid_t uid, gid_t gid) {
    give_below(runtime::open_path("/", O_RDONLY | O_DIRECTORY), path.substr(1), uid, gid);
}

}  // namespace builder
