#include "registry/settings/storage_conf.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "registry/settings/user_places.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/toml.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"

namespace registry {
namespace {

using runtime::JsonFields;

struct File {
    std::string path;
    std::string text;
};

/// The first one there is; they do not go one over the other.
std::optional<File> find_file(bool is_root) {
    std::vector<std::string> paths;
    if (std::string alone = environment_variable("CONTAINERS_STORAGE_CONF"); !alone.empty()) {
        paths = {std::move(alone)};
    } else {
        if (!is_root) paths.push_back(user_config_folder() + "/containers/storage.conf");
        paths.emplace_back("/etc/containers/storage.conf");
        paths.emplace_back("/usr/share/containers/storage.conf");
    }
    for (const std::string& path : paths)
        if (auto text = runtime::read_file_if_exists(path)) return File{path, *std::move(text)};
    return std::nullopt;
}

std::string usual_root(bool is_root) {
    if (is_root) return "/var/lib/containers/storage";
    const std::string data = environment_variable("XDG_DATA_HOME");
    return (data.empty() ? home_folder() + "/.local/share" : data) + "/containers/storage";
}

/// $HOME, $UID and $USER stand for themselves in rootless_storage_path.
std::string expanded(std::string path) {
    const std::vector<std::pair<std::string, std::string>> values = {{"$HOME", home_folder()},
                                                                     {"$UID", std::to_string(runtime::invoking_user())},
                                                                     {"$USER", environment_variable("USER")}};
    for (const auto& [name, value] : values)
        for (std::size_t at = path.find(name); at != std::string::npos; at = path.find(name, at + value.size()))
            path.replace(at, name.size(), value);
    return path;
}

std::string usual_runroot(bool is_root) {
    if (is_root) return "/run/containers/storage";
    const std::string folder = environment_variable("XDG_RUNTIME_DIR");
    return folder.empty() ? fmt::format("/tmp/containers-user-{}/containers", runtime::invoking_user())
                          : folder + "/containers";
}

StorageSettings settings_of(const std::optional<File>& file, bool is_root) {
    StorageSettings settings{"", "", usual_root(is_root), usual_runroot(is_root), {}};
    if (!file) return settings;
    runtime::log_debug("reads {}", file->path);
    settings.file = file->path;
    const nlohmann::json document = runtime::parse_toml(file->text, file->path);
    const auto storage = JsonFields(document, file->path).object_if_any("storage");
    if (!storage) return settings;
    std::string root = storage->text_or_empty("graphroot");
    std::string runroot = storage->text_or_empty("runroot");
    // The system's file speaks of root's store; what it says of users it says under another key.
    if (!is_root && (file->path.starts_with("/etc/") || file->path.starts_with("/usr/"))) {
        root = expanded(storage->text_or_empty("rootless_storage_path"));
        runroot.clear();
    }
    settings.driver = storage->text_or_empty("driver");
    if (!root.empty()) settings.root = root;
    if (!runroot.empty()) settings.runroot = runroot;
    if (const auto options = storage->object_if_any("options"))
        settings.additional = options->texts_or_empty("additionalimagestores");
    return settings;
}

}  // namespace

StorageSettings storage_settings() {
    const bool is_root = runtime::invoking_user() == 0;
    return settings_of(find_file(is_root), is_root);
}

StorageSettings storage_settings(const std::string& file) {
    auto text = runtime::read_file_if_exists(file);
    const bool is_root = runtime::invoking_user() == 0;
    return settings_of(text ? std::optional(File{file, *std::move(text)}) : std::nullopt, is_root);
}

std::vector<std::string> shared_storage_roots() {
    StorageSettings settings = storage_settings();
    std::vector<std::string> roots = {std::move(settings.root)};
    for (std::string& more : settings.additional) roots.push_back(std::move(more));
    return roots;
}

}  // namespace registry
