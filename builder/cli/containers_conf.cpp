#include "builder/cli/containers_conf.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "registry/settings/user_places.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/toml.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::JsonFields;
using runtime::quoted;

constexpr std::size_t file_limit_bytes = 4U << 20;

/// A key whose value is that of a flag.
struct FlagKey {
    std::string_view section;
    const char* key;
    const char* flag;
};

constexpr std::array flag_keys = {
    FlagKey{"containers", "cgroupns", "cgroupns"},
    FlagKey{"containers", "default_ulimits", "ulimit"},
    FlagKey{"containers", "devices", "device"},
    FlagKey{"containers", "dns_options", "dns-option"},
    FlagKey{"containers", "dns_searches", "dns-search"},
    FlagKey{"containers", "dns_servers", "dns"},
    FlagKey{"containers", "http_proxy", "http-proxy"},
    FlagKey{"containers", "ipcns", "ipc"},
    FlagKey{"containers", "netns", "network"},
    FlagKey{"containers", "no_hosts", "no-hosts"},
    FlagKey{"containers", "pids_limit", "pids-limit"},
    FlagKey{"containers", "seccomp_profile", "security-opt"},
    FlagKey{"containers", "shm_size", "shm-size"},
    FlagKey{"containers", "userns", "userns"},
    FlagKey{"containers", "utsns", "uts"},
    FlagKey{"containers", "volumes", "volume"},
    FlagKey{"engine", "hooks_dir", "hooks-dir"},
    FlagKey{"engine", "retry", "retry"},
    FlagKey{"engine", "retry_delay", "retry-delay"},
    FlagKey{"network", "cni_plugin_dirs", "cni-plugin-path"},
    FlagKey{"network", "network_config_dir", "cni-config-dir"},
};

/// Flags whose values here and on the command line count together.
constexpr std::array<std::string_view, 4> adding_flags = {"device", "security-opt", "ulimit", "volume"};

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    return value.dump();
}

/// An array takes the place of an earlier one, unless it has an element { append = true }.
void take_list(std::vector<std::string>& target, const JsonFields& fields, const char* name) {
    const json& list = fields.required(name);
    if (!list.is_array()) fields.refuse(name, "a list of texts");
    const bool appends = std::any_of(list.begin(), list.end(), [](const json& element) {
        return element.is_object() && element.contains("append") && element["append"] == json(true);
    });
    if (!appends) target.clear();
    for (const json& element : list) {
        if (element.is_object()) continue;
        if (!element.is_string()) fields.refuse(name, "a list of texts");
        target.push_back(element.get<std::string>());
    }
}

/// What a flag cannot have, and what only says what is so anyway.
bool is_without_effect(const std::string& flag, const std::string& value) {
    if (value.empty()) return true;
    if (flag == "pids-limit") return value.starts_with("-") || value == "0";
    // A network of one's own needs one that somebody has configured: that is for who asks for it by name.
    if (flag == "network") return value != "none" && value != "host" && !value.starts_with("ns:");
    return false;
}

void take_flag(ContainersConf& conf, const FlagKey& key, const JsonFields& fields) {
    std::vector<std::string>& values = conf.flags[key.flag];
    const json& given = fields.required(key.key);
    if (given.is_object()) fields.refuse(key.key, "a value");
    if (given.is_array()) {
        take_list(values, fields, key.key);
        if (key.flag == std::string_view("cni-plugin-path") && !values.empty())
            values = {fmt::format("{}", fmt::join(values, ":"))};
        return;
    }
    const std::string value = text_of(given);
    values.clear();
    if (is_without_effect(key.flag, value))
        runtime::log_debug("{}: {} = {} changes nothing here", fields.what(), key.key, value);
    else
        values.push_back(key.flag == std::string_view("security-opt") ? "seccomp=" + value : value);
}

void take_key(ContainersConf& conf, const std::string& section, const std::string& name, const JsonFields& fields) {
    for (const FlagKey& key : flag_keys)
        if (key.section == section && key.key == name) return take_flag(conf, key, fields);
    if (section == "containers" && name == "default_capabilities")
        take_list(conf.capabilities.emplace(conf.capabilities.value_or(std::vector<std::string>{})), fields,
                  name.c_str());
    else if (section == "containers" && name == "env")
        take_list(conf.environment, fields, name.c_str());
    else if (section == "containers" && name == "base_hosts_file")
        conf.base_hosts_file = fields.text(name.c_str());
    else if (section == "containers" && name == "host_containers_internal_ip")
        conf.host_containers_internal_ip = fields.text(name.c_str());
    else if (section == "engine" && name == "cgroup_manager")
        // systemd is asked where it runs and has to be, which is what the other word wants on all machines.
        conf.cgroup_manager = fields.text(name.c_str()) == "cgroupfs" ? "cgroupfs" : "";
    else if (section == "engine" && name == "env")
        take_list(conf.engine_environment, fields, name.c_str());
    else
        runtime::log_debug("{}.{} means nothing to builds ({})", section, name, fields.what());
}

void add_folder(std::vector<std::string>& files, const std::string& path) {
    const auto folder = runtime::open_if_exists(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return;
    std::vector<std::string> names;
    for (const runtime::FolderEntry& entry : runtime::list_folder(*folder))
        if (entry.name.ends_with(".conf")) names.push_back(path + "/" + entry.name);
    std::sort(names.begin(), names.end());
    files.insert(files.end(), names.begin(), names.end());
}

void add_with_folder(std::vector<std::string>& files, const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) files.push_back(path);
    add_folder(files, path + ".d");
}

/// Variables of this program that are set already stay.
void set_environment(const std::vector<std::string>& variables) {
    for (const std::string& text : variables) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(
                "invalid environment variable \"{}\" from containers.conf, valid configuration is KEY=value pair", text)
                .with_hint("it is in the list env of the section engine");
        ::setenv(text.substr(0, equals).c_str(), text.c_str() + equals + 1, 0);
    }
}

ContainersConf read_all() {
    ContainersConf conf;
    for (const std::string& path : containers_conf_files()) {
        runtime::log_debug("reads {}", path);
        try {
            conf.take(runtime::parse_toml(runtime::read_file(path, file_limit_bytes), path), path);
        } catch (Error& error) {
            error.add_context("failed to get default container config: reading config \"{}\"", path).with_exit_code(1);
            throw;
        }
    }
    set_environment(conf.engine_environment);
    return conf;
}

}  // namespace

void ContainersConf::take(const json& document, const std::string& path) {
    for (const auto& [section, table] : document.items()) {
        if (!table.is_object()) throw Error("{}: {} stands in no section", path, quoted(section));
        const JsonFields fields(table, section + " of " + path);
        for (const auto& [name, value] : table.items()) take_key(*this, section, name, fields);
    }
}

std::vector<std::string> containers_conf_files() {
    std::vector<std::string> files;
    if (const std::string alone = registry::environment_variable("CONTAINERS_CONF"); !alone.empty()) {
        files.push_back(alone);
    } else {
        add_with_folder(files, "/usr/share/containers/containers.conf");
        add_with_folder(files, "/etc/containers/containers.conf");
        if (runtime::invoking_user() != 0)
            add_with_folder(files, registry::user_config_folder() + "/containers/containers.conf");
    }
    if (std::string last = registry::environment_variable("CONTAINERS_CONF_OVERRIDE"); !last.empty())
        files.push_back(std::move(last));
    return files;
}

const ContainersConf& containers_conf() {
    static const ContainersConf conf = read_all();
    return conf;
}

void give_registry_defaults(std::vector<Flag>& flags, const ContainersConf& conf) {
    for (Flag& one : flags)
        if (const auto found = conf.flags.find(one.name);
            found != conf.flags.end() && (one.name == "retry" || one.name == "retry-delay"))
            one.defaults = found->second;
}

void give_defaults(std::vector<Flag>& flags, const ContainersConf& conf) {
    for (Flag& one : flags) {
        const auto found = conf.flags.find(one.name);
        if (found == conf.flags.end() || found->second.empty()) continue;
        if (one.description.ends_with("(not there yet)")) {
            runtime::log_debug("containers.conf asks for --{}, which is not there yet", one.name);
            continue;
        }
        one.defaults = found->second;
        one.keeps_defaults = std::find(adding_flags.begin(), adding_flags.end(), one.name) != adding_flags.end();
    }
}

}  // namespace builder
