#include "builder/cli/flags/isolation_flags.hpp"

#include <unistd.h>

#include <charconv>

#include "builder/cli/containers_conf.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/systemd_scope.hpp"
#include "runtime/sys/program.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Isolation;
using runtime::quoted;

bool has_runtime(const IsolationFlags& flags) {
    return !flags.runtime.empty() && flags.runtime != "builtin";
}

std::optional<Isolation> named_isolation(const IsolationFlags& flags) {
    if (flags.kind == "emulated") return Isolation::emulated;
    if (flags.kind == "chroot") return Isolation::chroot;
    // Inside a user namespace or not, they are the same namespaces.
    if (flags.kind.empty() || flags.kind == "oci" || flags.kind == "rootless" || flags.kind == "default") {
        if (has_runtime(flags)) return Isolation::oci_runtime;
        return flags.kind.empty() ? std::nullopt : std::optional(Isolation::namespaces);
    }
    throw Error("unrecognized isolation type \"{}\"", flags.kind)
        .with_hint("--isolation takes oci, rootless, chroot or emulated");
}

/// The folders of hooks that administrators fill, besides those that the user names. oci-hooks(5)
std::vector<std::string> hook_folders(const IsolationFlags& flags) {
    if (!flags.hook_folders.empty()) return flags.hook_folders;
    return {"/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d"};
}

void use_runtime(const IsolationFlags& flags, RunSettings& settings) {
    settings.oci.program = runtime::find_program(flags.runtime);
    if (settings.oci.program.empty() || ::access(settings.oci.program.c_str(), X_OK) != 0)
        throw Error("the OCI runtime {} is not installed", quoted(flags.runtime))
            .with_hint("leave --runtime out: builder makes containers by itself");
    for (const std::string& text : flags.runtime_flags)
        settings.oci.flags.push_back(text.starts_with("-") ? text : "--" + text);
    settings.oci.no_pivot = flags.no_pivot;
    settings.oci.cgroup_parent = flags.cgroup_parent;
    settings.hook_folders = hook_folders(flags);
}

std::int64_t seconds_of(const std::string& text, std::string_view value) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end != value.data() + value.size() || value.empty())
        throw Error("--time-offset {} has no number of seconds", quoted(text));
    return seconds;
}

/// "zero", "monotonic=SECONDS", "boottime=SECONDS".
void add_time_offset(const std::string& text, runtime::ClockOffsets& clocks) {
    if (text == "zero")
        clocks.from_zero = true;
    else if (text.starts_with("monotonic="))
        clocks.monotonic_seconds = seconds_of(text, std::string_view(text).substr(10));
    else if (text.starts_with("boottime="))
        clocks.boottime_seconds = seconds_of(text, std::string_view(text).substr(9));
    else
        throw Error("--time-offset takes monotonic=SECONDS, boottime=SECONDS or zero, not {}", quoted(text))
            .with_hint("the time of day is the host's in every container: Linux has no namespace for it");
}

}  // namespace

std::vector<Flag> isolation_flags(IsolationFlags& flags) {
    return {
        flag("isolation", 0, "KIND", "process isolation: oci, rootless, chroot or emulated", flags.kind),
        flag("runtime", 0, "PROGRAM", "OCI runtime to run containers with, such as runc or crun", flags.runtime),
        flag("runtime-flag", 0, "FLAG", "flag to pass to the OCI runtime, without leading dashes", flags.runtime_flags),
        flag("hooks-dir", 0, "FOLDER", "directory with OCI hooks", flags.hook_folders),
        flag("cgroup-parent", 0, "PATH", "parent cgroup, or systemd slice, for the containers", flags.cgroup_parent),
        flag("group-add", 0, "GROUP", "add the user to a group; keep-groups keeps the caller's groups",
             flags.added_groups),
        flag("time-offset", 0, "CLOCK=SECONDS", "offset of a clock since boot: monotonic=, boottime=, or zero for both",
             flags.time_offsets),
    };
}

void apply_isolation_flags(const IsolationFlags& flags, RunSettings& settings) {
    settings.isolation = isolation_for({.isolation = named_isolation(flags)});
    if (settings.isolation == Isolation::oci_runtime)
        use_runtime(flags, settings);
    else
        settings.hook_folders = flags.hook_folders;
    if (!flags.time_offsets.empty()) settings.clocks.emplace();
    for (const std::string& text : flags.time_offsets) add_time_offset(text, *settings.clocks);
    if (settings.clocks && (settings.isolation == Isolation::chroot || settings.isolation == Isolation::emulated))
        throw Error("--time-offset needs a time namespace, which --isolation {} has not",
                    settings.isolation == Isolation::chroot ? "chroot" : "emulated");
    settings.added_groups = flags.added_groups;
    settings.cgroup_parent = flags.cgroup_parent;
    if (!flags.cgroup_parent.empty() && !flags.cgroup_parent.starts_with("/")) {
        if (!flags.cgroup_parent.ends_with(".slice"))
            throw Error("--cgroup-parent takes an absolute path or a slice, not {}", quoted(flags.cgroup_parent))
                .with_hint("a path starts at the top of the cgroups: /builds; a slice is systemd's: machine.slice");
        runtime::path_of_slice(flags.cgroup_parent);
    }
}

IsolationWish isolation_wish(const IsolationFlags& flags, const NamespaceWishes& namespaces) {
    IsolationWish wish{named_isolation(flags), shares_processes(namespaces), {}};
    const auto note = [&](const char* flag, const std::string& word) {
        if (word == "private") wish.private_namespaces.emplace_back(flag);
    };
    note("pid", namespaces.pid);
    note("uts", namespaces.uts);
    note("cgroupns", namespaces.cgroup);
    note("ipc", namespaces.ipc);
    return wish;
}

runtime::CgroupManager cgroup_manager(const std::string& given) {
    const std::string& word = given.empty() ? containers_conf().cgroup_manager : given;
    if (word.empty()) return runtime::CgroupManager::as_needed;
    if (word == "cgroupfs") return runtime::CgroupManager::nobody;
    if (word == "systemd") return runtime::CgroupManager::systemd;
    throw Error("--cgroup-manager takes systemd or cgroupfs, not {}", quoted(word));
}

}  // namespace builder
