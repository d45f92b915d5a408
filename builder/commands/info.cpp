#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/publication.hpp"
#include "builder/template/template.hpp"
#include "builder/version.hpp"
#include "layers/oci/platform.hpp"
#include "registry/settings/storage_conf_edit.hpp"
#include "runtime/base/text.hpp"
#include "runtime/container/cgroup/cgroup_use.hpp"
#include "runtime/container/isolation/emulated_container.hpp"
#include "runtime/container/network/pasta.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

/// What steps get when nothing else is asked for, and why it is not more.
nlohmann::json network_facts(const runtime::HostRights& rights) {
    if (rights.level == runtime::Privileges::none)
        return {{"default", "host"}, {"reason", "no network namespace can be made: " + rights.reason}};
    const std::string refusal = runtime::refusal_of_pasta();
    return {{"default", refusal.empty() ? "pasta" : "host"}, {"reason", refusal}};
}

nlohmann::json isolation_facts(const runtime::HostRights& rights) {
    if (rights.level != runtime::Privileges::none) return {{"default", "oci"}, {"reason", ""}};
    const std::string refusal = runtime::refusal_of_emulation();
    if (refusal.empty()) return {{"default", "emulated"}, {"reason", rights.reason}};
    return {{"default", "none"},
            {"reason", fmt::format("no command can be run in a container here: {}; and {}", rights.reason, refusal)}};
}

/// What os-release(5) says, by its names.
std::map<std::string, std::string> os_release() {
    std::map<std::string, std::string> fields;
    for (const char* const path : {"/etc/os-release", "/usr/lib/os-release"}) {
        const auto text = runtime::read_file_if_exists(path);
        if (!text) continue;
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            const auto [name, value] = runtime::split_once(line, '=');
            const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
            fields[std::string(name)] = is_quoted ? value.substr(1, value.size() - 2) : value;
        }
        break;
    }
    return fields;
}

/// "14h 43m 54.95s (Approximately 0.58 days)"
std::string uptime_text() {
    double seconds = 0;
    std::istringstream(runtime::read_file_if_exists("/proc/uptime").value_or("")) >> seconds;
    const auto hours = static_cast<long>(seconds / 3600);
    const auto minutes = static_cast<long>(seconds / 60) % 60;
    const double rest = seconds - static_cast<double>(hours * 3600 + minutes * 60);
    const std::string text = fmt::format("{}h {}m {:.2f}s", hours, minutes, rest);
    return hours < 1 ? text : fmt::format("{} (Approximately {:.2f} days)", text, seconds / 86'400);
}

/// What Buildah tells of a machine besides.
nlohmann::json machine_facts() {
    struct sysinfo memory {};
    ::sysinfo(&memory);
    const auto bytes = [&](unsigned long count) { return static_cast<std::uint64_t>(count) * memory.mem_unit; };
    auto release = os_release();
    return {{"CgroupVersion", runtime::is_cgroup_version_2() ? "v2" : "v1"},
            {"Distribution", {{"distribution", release["ID"]}, {"version", release["VERSION_ID"]}}},
            {"OCIRuntime", "builtin"},
            {"SwapTotal", bytes(memory.totalswap)},
            {"SwapFree", bytes(memory.freeswap)},
            {"uptime", uptime_text()}};
}

nlohmann::json host_facts() {
    const runtime::HostRights& rights = runtime::acquire_rights();
    utsname kernel{};
    ::uname(&kernel);
    const layers::Platform platform = layers::host_platform();
    const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
    nlohmann::json facts = {{"os", platform.os},
                            {"arch", platform.architecture},
                            {"variant", platform.variant},
                            {"kernel", kernel.release},
                            {"hostname", kernel.nodename},
                            {"cpus", std::thread::hardware_concurrency()},
                            {"MemTotal", ::sysconf(_SC_PHYS_PAGES) * page_bytes},
                            {"MemFree", ::sysconf(_SC_AVPHYS_PAGES) * page_bytes},
                            {"rootless", runtime::invoking_user() != 0},
                            {"privileges", runtime::describe(rights.level)},
                            {"privilegesReason", rights.reason},
                            {"privilegesHint", rights.hint},
                            {"network", network_facts(rights)},
                            {"isolation", isolation_facts(rights)}};
    facts.update(machine_facts());
    return facts;
}

/// Whether Podman sees the store, and the line of storage.conf that it needs for that.
nlohmann::json podman_facts(Context& context) {
    const Publication& publication = context.publication();
    return {{"published", publication.is_there()},
            {"folder", publication.folder()},
            {"storageConf", publication.storage_conf()},
            {"line", registry::additional_store_line(publication.folder())}};
}

nlohmann::json store_facts(Context& context) {
    const layers::Store::Summary summary = context.store().summary();
    struct statvfs disk {};
    ::statvfs(context.store_location().root.c_str(), &disk);
    return {{"GraphDriverName", context.store().driver() == overlay::Driver::overlayfs ? "overlay" : "vfs"},
            {"refusalOfOverlay", context.store().refusal_of_overlayfs()},
            {"GraphRoot", context.store_location().root},
            {"RunRoot", context.store_location().runroot},
            {"FreeBytes", static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize)},
            {"GraphImageStore", ""},
            {"GraphOptions", nullptr},
            {"GraphStatus", {{"Supports volatile", "true"}, {"Using metacopy", "false"}}},
            {"GraphTransientStore", context.options().transient_store},
            {"Podman", podman_facts(context)},
            {"ContainerStore", {{"number", context.store().containers().list().size()}}},
            {"ImageStore", {{"number", summary.images}}},
            {"Layers", {{"number", summary.layers}, {"bytes", summary.layer_bytes}}},
            {"Blobs", {{"number", summary.blobs}, {"bytes", summary.blob_bytes}}},
            {"CacheRecords", summary.cache_records}};
}

}  // namespace

Command info_command() {
    struct Options {
        std::optional<std::string> format;
        bool debug = false;
    };
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "info";
    command.group = "System";
    command.summary = "display information about the host and local storage";
    command.usage = "[flags]";
    command.flags = {flag("debug", 'd', "include information about builder itself", options->debug),
                     flag("format", 0, "TEMPLATE", "Go template: {{.store.GraphRoot}}", options->format)};
    command.run = [options](Context& context, const Words&) {
        nlohmann::json facts = {{"version", version}, {"host", host_facts()}, {"store", store_facts(context)}};
        if (options->debug) facts["debug"] = {{"compiler", __VERSION__}, {"language", __cplusplus}};
        if (options->format)
            std::cout << parse_document_format(*options->format).execute(TemplateValue::from_json(facts.dump()))
                      << "\n";
        else
            std::cout << facts.dump(4) << "\n";
        return 0;
    };
    return command;
}

}  // namespace builder
