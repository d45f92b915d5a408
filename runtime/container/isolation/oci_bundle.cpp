#include "runtime/container/isolation/oci_bundle.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/container/limits.hpp"

namespace runtime {
namespace {

using nlohmann::json;
using Mode = NamespaceChoice::Mode;

json texts(std::initializer_list<const char*> values) {
    return json(std::vector<std::string>(values.begin(), values.end()));
}

json standard_mount(const char* target, const char* type, json options) {
    return {{"destination", target}, {"type", type}, {"source", type}, {"options", std::move(options)}};
}

json sys_mount(bool binds) {
    json mount = standard_mount("/sys", "sysfs", texts({"nosuid", "noexec", "nodev", "ro"}));
    if (!binds) return mount;
    mount["type"] = "bind";
    mount["source"] = "/sys";
    mount["options"].push_back("rbind");
    return mount;
}

json standard_mounts(const ContainerSpec& spec, const BundlePlaces& places) {
    json mounts = {
        standard_mount("/proc", "proc", texts({"nosuid", "noexec", "nodev"})),
        standard_mount("/dev", "tmpfs", texts({"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"})),
        standard_mount("/dev/pts", "devpts",
                       texts({"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"})),
        standard_mount("/dev/mqueue", "mqueue", texts({"nosuid", "noexec", "nodev"})),
        sys_mount(places.binds_sys),
        standard_mount("/sys/fs/cgroup", "cgroup", texts({"nosuid", "noexec", "nodev", "relatime", "ro"})),
    };
    json shm = standard_mount("/dev/shm", "tmpfs", texts({"nosuid", "noexec", "nodev", "mode=1777"}));
    shm["options"].push_back(fmt::format("size={}", spec.shm_size_bytes));
    mounts.push_back(std::move(shm));
    return mounts;
}

json tmpfs_mount(const MountSpec& mount) {
    json options = texts({"nosuid", "nodev"});
    if (mount.read_only) options.push_back("ro");
    if (mount.no_execute) options.push_back("noexec");
    options.push_back(fmt::format("mode={:o}", mount.mode));
    if (mount.uid != 0) options.push_back(fmt::format("uid={}", mount.uid));
    if (mount.gid != 0) options.push_back(fmt::format("gid={}", mount.gid));
    if (mount.size_bytes > 0) options.push_back(fmt::format("size={}", mount.size_bytes));
    return {{"destination", mount.target}, {"type", "tmpfs"}, {"source", "tmpfs"}, {"options", options}};
}

json bind_mount(const MountSpec& mount, const std::string& source) {
    json options = texts({"rbind", "nosuid"});
    if (!mount.has_devices) options.push_back("nodev");
    if (mount.no_execute) options.push_back("noexec");
    options.push_back(mount.read_only ? "ro" : "rw");
    options.push_back("rprivate");
    return {{"destination", mount.target}, {"type", "bind"}, {"source", source}, {"options", options}};
}

json all_mounts(const ContainerSpec& spec, const BundlePlaces& places) {
    json mounts = standard_mounts(spec, places);
    for (std::size_t i = 0; i < spec.mounts.size(); ++i)
        mounts.push_back(spec.mounts[i].kind == MountSpec::Kind::tmpfs
                             ? tmpfs_mount(spec.mounts[i])
                             : bind_mount(spec.mounts[i], places.mount_sources.at(i)));
    return mounts;
}

json capabilities(const ContainerSpec& spec) {
    const std::vector<std::string> bounding = capability_names(spec.capabilities & bounding_capabilities());
    // For anybody but root nothing is kept, as after su.
    const std::vector<std::string> own = spec.user == 0 ? bounding : std::vector<std::string>();
    return {{"bounding", bounding}, {"effective", own}, {"permitted", own}};
}

json resource_limits(const ContainerSpec& spec) {
    json list = json::array();
    for (const ResourceLimit& limit : spec.resource_limits) {
        std::string type = resource_limit_name(limit.resource);
        std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::toupper(c); });
        list.push_back({{"type", "RLIMIT_" + type}, {"soft", limit.soft}, {"hard", limit.hard}});
    }
    return list;
}

json process(const ContainerSpec& spec) {
    json result = {
        {"terminal", spec.terminal},        {"user", {{"uid", spec.user}, {"gid", spec.group}, {"umask", 022}}},
        {"args", spec.arguments},           {"env", spec.environment},
        {"cwd", spec.working_directory},    {"capabilities", capabilities(spec)},
        {"rlimits", resource_limits(spec)}, {"noNewPrivileges", spec.no_new_privileges}};
    if (!spec.apparmor_profile.empty()) result["apparmorProfile"] = spec.apparmor_profile;
    if (!spec.process_label.empty()) result["selinuxLabel"] = spec.process_label;
    if (!spec.supplementary_groups.empty()) result["user"]["additionalGids"] = spec.supplementary_groups;
    return result;
}

void add_namespace(json& list, const char* type, const NamespaceChoice& choice, const BundlePlaces& places) {
    if (choice.mode == Mode::fresh) list.push_back({{"type", type}});
    if (choice.mode == Mode::joined)
        list.push_back({{"type", type}, {"path", places.namespace_sources.at(choice.source)}});
}

json namespaces(const ContainerSpec& spec, const BundlePlaces& places) {
    json list = json::array({{{"type", "mount"}}});
    const ContainerNamespaces& wanted = spec.namespaces;
    add_namespace(list, "pid", wanted.pid, places);
    add_namespace(list, "cgroup", wanted.cgroup, places);
    for (const auto& [type, choice] : {std::pair{"ipc", &wanted.ipc}, std::pair{"uts", &wanted.uts}})
        if (!places.starts_in_sandbox || choice->mode != Mode::fresh) add_namespace(list, type, *choice, places);
    if (wanted.joined_network)
        list.push_back({{"type", "network"}, {"path", places.namespace_sources.at(*wanted.joined_network)}});
    else if (spec.network == NetworkMode::none && places.isolated_network.empty())
        list.push_back({{"type", "network"}});
    else if (spec.network == NetworkMode::none)
        list.push_back({{"type", "network"}, {"path", places.isolated_network}});
    return list;
}

/// Nothing but the usual devices may be opened, and those that are bound in.
json device_rules(const ContainerSpec& spec, const BundlePlaces& places) {
    json rules = json::array({{{"allow", spec.root.has_devices}, {"access", "rwm"}}});
    for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
        struct stat status {};
        if (!spec.mounts[i].has_devices || ::stat(places.mount_sources.at(i).c_str(), &status) != 0) continue;
        if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) continue;
        rules.push_back({{"allow", true},
                         {"type", S_ISCHR(status.st_mode) ? "c" : "b"},
                         {"major", major(status.st_rdev)},
                         {"minor", minor(status.st_rdev)},
                         {"access", "rwm"}});
    }
    return rules;
}

json resources(const ContainerSpec& spec, const BundlePlaces& places) {
    const CgroupLimits& limits = spec.limits;
    json result = {{"devices", device_rules(spec, places)}};
    if (limits.memory_bytes) result["memory"]["limit"] = *limits.memory_bytes;
    if (limits.memory_and_swap_bytes) result["memory"]["swap"] = *limits.memory_and_swap_bytes;
    if (limits.cpu_shares) result["cpu"]["shares"] = *limits.cpu_shares;
    if (limits.cpu_quota_microseconds) result["cpu"]["quota"] = *limits.cpu_quota_microseconds;
    if (limits.cpu_period_microseconds) result["cpu"]["period"] = *limits.cpu_period_microseconds;
    if (!limits.cpuset_cpus.empty()) result["cpu"]["cpus"] = limits.cpuset_cpus;
    if (!limits.cpuset_mems.empty()) result["cpu"]["mems"] = limits.cpuset_mems;
    if (limits.most_processes) result["pids"]["limit"] = *limits.most_processes;
    return result;
}

json hooks(const ContainerSpec& spec) {
    json result = json::object();
    for (const Hook& hook : spec.hooks) {
        json entry = {{"path", hook.path}};
        if (!hook.arguments.empty()) entry["args"] = hook.arguments;
        if (!hook.environment.empty()) entry["env"] = hook.environment;
        if (hook.timeout_seconds) entry["timeout"] = *hook.timeout_seconds;
        result[hook.stage].push_back(std::move(entry));
    }
    return result;
}

json linux_part(const ContainerSpec& spec, const BundlePlaces& places) {
    json result = {{"namespaces", namespaces(spec, places)},
                   {"resources", resources(spec, places)},
                   {"maskedPaths", spec.masked_paths},
                   {"readonlyPaths", spec.read_only_paths}};
    if (spec.clocks) {
        result["namespaces"].push_back({{"type", "time"}});
        for (const auto& [clock, seconds] : clock_offsets(*spec.clocks))
            result["timeOffsets"][clock] = {{"secs", seconds}, {"nanosecs", 0}};
    }
    if (!spec.mount_label.empty()) result["mountLabel"] = spec.mount_label;
    if (!places.cgroup_path.empty()) result["cgroupsPath"] = places.cgroup_path;
    if (!spec.oci.seccomp.empty()) result["seccomp"] = json::parse(spec.oci.seccomp);
    return result;
}

}  // namespace

bool is_below_standard_folder(const std::string& target) {
    const auto is_below = [&](const char* folder) { return target.starts_with(folder); };
    return is_below("/dev/") || is_below("/proc/") || is_below("/sys/");
}

std::string make_oci_config(const ContainerSpec& spec, const BundlePlaces& places) {
    json config = {{"ociVersion", "1.0.2"},
                   {"process", process(spec)},
                   {"root", {{"path", places.root}}},
                   {"mounts", all_mounts(spec, places)},
                   {"linux", linux_part(spec, places)}};
    // In a namespace that is shared the name is not the container's to set.
    if (!places.starts_in_sandbox && spec.namespaces.uts.mode == Mode::fresh) config["hostname"] = spec.hostname;
    if (json programs = hooks(spec); !programs.empty()) config["hooks"] = std::move(programs);
    // How crun is told; others have no word for it.
    if (spec.keeps_groups) config["annotations"]["run.oci.keep_original_groups"] = "1";
    for (const std::string& annotation : spec.oci.annotations) {
        const auto equals = annotation.find('=');
        config["annotations"][annotation.substr(0, equals)] = annotation.substr(equals + 1);
    }
    return config.dump(2) + "\n";
}

}  // namespace runtime
