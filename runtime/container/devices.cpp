#include "runtime/container/devices.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/yaml.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

constexpr std::size_t file_limit_bytes = 4U << 20;
constexpr unsigned most_folder_levels = 8;

DeviceEdits parse_edits(const JsonFields& fields) {
    DeviceEdits edits;
    edits.environment = fields.texts_or_empty("env");
    for (const JsonFields& node : fields.objects_or_empty("deviceNodes")) {
        const std::string path = node.text("path");
        edits.nodes.push_back({node.text_if_any("hostPath").value_or(path), path});
    }
    for (const JsonFields& mount : fields.objects_or_empty("mounts")) {
        const std::vector<std::string> options = mount.texts_or_empty("options");
        const auto has = [&](const char* option) {
            return std::find(options.begin(), options.end(), option) != options.end();
        };
        edits.mounts.push_back({mount.text("hostPath"), mount.text("containerPath"), has("ro"), has("noexec"),
                                MountSpec::Propagation::none});
    }
    for (const JsonFields& hook : fields.objects_or_empty("hooks")) {
        edits.hooks.push_back({hook.text("hookName"), hook.text("path"), hook.texts_or_empty("args"),
                               hook.texts_or_empty("env"), hook.integer_if_any("timeout")});
        check_hook(edits.hooks.back(), fields.what());
    }
    if (const nlohmann::json* groups = fields.find("additionalGids"); groups != nullptr && groups->is_array())
        for (const auto& group : *groups)
            if (group.is_number_unsigned()) edits.groups.push_back(group.get<gid_t>());
    return edits;
}

struct CdiName {
    std::string kind;
    std::string device;
};

CdiName split(const std::string& name) {
    const std::size_t equals = name.find('=');
    return {name.substr(0, equals), name.substr(equals + 1)};
}

/// What a search through the files found.
struct Search {
    CdiName wanted;
    std::optional<DeviceEdits> found;
    std::vector<std::string> names;
};

void search_file(const std::string& path, Search& search) {
    const std::string text = read_file(path, file_limit_bytes);
    const nlohmann::json document = path.ends_with(".json") ? parse_json(text, path) : parse_yaml(text, path);
    const JsonFields fields(document, path);
    const std::string kind = fields.text("kind");
    std::optional<DeviceEdits> found;
    for (const JsonFields& device : fields.objects_or_empty("devices")) {
        const std::string name = device.text("name");
        search.names.push_back(kind + "=" + name);
        if (kind != search.wanted.kind || (name != search.wanted.device && search.wanted.device != "*")) continue;
        if (!found) found.emplace();
        if (const auto edits = device.object_if_any("containerEdits")) found->add(parse_edits(*edits));
    }
    if (!found) return;
    if (const auto edits = fields.object_if_any("containerEdits")) found->add(parse_edits(*edits));
    search.found = std::move(found);
}

void search_folder(const std::string& path, Search& search) {
    const auto folder = open_if_exists(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return;
    std::vector<std::string> names;
    for (const FolderEntry& entry : list_folder(*folder))
        for (const char* ending : {".json", ".yaml", ".yml"})
            if (entry.name.ends_with(ending)) names.push_back(entry.name);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) search_file(path + "/" + name, search);
}

Search search(const std::string& name, const std::vector<std::string>& folders) {
    if (!is_cdi_name(name))
        throw Error("{} is no name of a device", quoted(name)).with_hint("it looks like vendor.com/class=name");
    Search result{split(name), std::nullopt, {}};
    for (const std::string& folder : folders) search_folder(folder, result);
    return result;
}

bool is_device(const struct stat& status) {
    return S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
}

void add_nodes(const std::string& host, const std::string& container, unsigned level, DeviceEdits& edits) {
    const auto folder = open_if_exists(host, O_RDONLY | O_DIRECTORY);
    if (!folder || level > most_folder_levels) return;
    for (const FolderEntry& entry : list_folder(*folder)) {
        const auto status = stat_at(*folder, entry.name);
        if (!status) continue;
        const std::string below = host + "/" + entry.name;
        if (is_device(*status))
            edits.nodes.push_back({below, container + "/" + entry.name});
        else if (S_ISDIR(status->st_mode))
            add_nodes(below, container + "/" + entry.name, level + 1, edits);
    }
}

bool is_permissions(const std::string& text) {
    return !text.empty() && text.find_first_not_of("rwm") == std::string::npos;
}

}  // namespace

void DeviceEdits::add(const DeviceEdits& other) {
    environment.insert(environment.end(), other.environment.begin(), other.environment.end());
    nodes.insert(nodes.end(), other.nodes.begin(), other.nodes.end());
    mounts.insert(mounts.end(), other.mounts.begin(), other.mounts.end());
    groups.insert(groups.end(), other.groups.begin(), other.groups.end());
    hooks.insert(hooks.end(), other.hooks.begin(), other.hooks.end());
}

bool is_cdi_name(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::size_t equals = text.find('=');
    return slash != std::string::npos && slash > 0 && equals != std::string::npos && slash + 1 < equals &&
           equals + 1 < text.size();
}

std::vector<std::string> default_cdi_folders() {
    return {"/etc/cdi", "/var/run/cdi"};
}

std::optional<DeviceEdits> find_cdi_device(const std::string& name, const std::vector<std::string>& folders) {
    return search(name, folders).found;
}

DeviceEdits require_cdi_device(const std::string& name, const std::vector<std::string>& folders) {
    Search result = search(name, folders);
    if (result.found) return *std::move(result.found);
    Error error("there is no device {}", quoted(name));
    if (result.names.empty())
        error.with_hint(fmt::format("no CDI file in {} names a device", fmt::join(folders, " or ")));
    throw error.with_hint(fmt::format("the devices are {}", fmt::join(result.names, ", ")));
}

DeviceEdits find_host_device(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(':', start), text.size());
        parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    if (parts.size() > 1 && is_permissions(parts.back())) parts.pop_back();
    if (parts.empty() || parts.size() > 2 || !parts.front().starts_with("/") || !parts.back().starts_with("/"))
        throw Error("{} names no device", quoted(text)).with_hint("it looks like /dev/fuse or /dev/fuse:/dev/fuse:rwm");
    struct stat status {};
    if (::stat(parts.front().c_str(), &status) != 0)
        throw SystemError("cannot use the device {}", quoted(parts.front()));
    DeviceEdits edits;
    if (is_device(status))
        edits.nodes.push_back({parts.front(), parts.back()});
    else
        add_nodes(parts.front(), parts.back(), 0, edits);
    if (edits.nodes.empty()) throw Error("{} is no device, and no folder with devices", quoted(parts.front()));
    return edits;
}

}  // namespace runtime
