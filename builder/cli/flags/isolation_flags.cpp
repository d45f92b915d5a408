#include "builder/cli/flags/isolation_flags.hpp"

#include <unistd.h>

#include <charconv>

#include "builder/cli/containers_conf.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/systemd_scope.hpp"
#include "runtime/container/isolation/emulated_container.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/program.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Isolation;
using runtime::ProcessSpace;
using runtime::quoted;
using runtime::Runner;

bool has_runtime(const IsolationFlags& flags) {
    return !flags.runtime.empty() && flags.runtime != "builtin";
}

bool is_known(const std::string& kind) {
    return kind.empty() || kind == "oci" || kind == "rootless" || kind == "default" || kind == "chroot";
}

Isolation wanted_isolation(const IsolationFlags& flags) {
    const bool is_nobody = runtime::acquire_rights().level == runtime::Privileges::none;
    if (flags.kind == "emulated" || (is_nobody && !has_runtime(flags) && is_known(flags.kind)))
        return Isolation::emulated;
    if (flags.kind == "chroot") return Isolation::chroot;
    // Inside a user namespace or not, they are the same namespaces.
    if (flags.kind.empty() || flags.kind == "oci" || flags.kind == "rootless" || flags.kind == "default")
        return has_runtime(flags) ? Isolation::oci_runtime : Isolation::namespaces;
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
    settings.isolation = wanted_isolation(flags);
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

namespace {

/// Nothing can be mounted, or nothing is to be.
IsolatedRunner runner_of_emulation(const IsolationFlags& flags, const runtime::HostRights& rights) {
    if (!runtime::keeps_owners_aside(rights.level))
        throw Error("--isolation emulated is for users who have one ID: here, files have their true owners")
            .with_hint("leave --isolation out: this user has better");
    // Most of a build needs no container; where one does, this is said.
    if (const std::string refusal = runtime::refusal_of_emulation(); !refusal.empty())
        return {Runner::none(rights.reason + "; and " + refusal, rights.hint), Isolation::emulated, ""};
    runtime::hold_places_instead_of_mounts();
    runtime::keep_modes_aside(true);
    std::string notice = fmt::format(
        "steps run with --isolation emulated, slower than others and with the processes and the network of this "
        "machine: {}",
        rights.reason);
    return {Runner(ProcessSpace::none), Isolation::emulated,
            flags.kind == "emulated" ? std::string() : std::move(notice)};
}

/// Steps with --isolation chroot see the processes of the machine. A user namespace of their own keeps them from
/// reaching into those; its reason where it cannot be made, else empty.
std::string refusal_of_barrier() {
    try {
        runtime::identity_namespace();
        return "";
    } catch (const Error& error) {
        return error.full_message();
    }
}

IsolatedRunner runner_of_chroot() {
    if (const std::string refusal = refusal_of_barrier(); !refusal.empty())
        throw Error("--isolation chroot is not safe here, as steps could reach into the processes of this machine: {}",
                    refusal)
            .with_hint(
                "leave --isolation out where containers can be made, or allow user namespaces "
                "(sysctl user.max_user_namespaces)");
    return {Runner(ProcessSpace::host), Isolation::chroot, ""};
}

/// Where /proc cannot be mounted.
IsolatedRunner runner_without_proc(const IsolationFlags& flags, const runtime::HostRights& rights,
                                   const std::string& refusal) {
    if (const std::string barrier = refusal_of_barrier(); !barrier.empty()) {
        runtime::HostRights emulated = rights;
        emulated.reason = fmt::format("{}; and --isolation chroot is not safe here: {}", refusal, barrier);
        return runner_of_emulation(flags, emulated);
    }
    std::string notice = fmt::format(
        "steps run with --isolation chroot, seeing the processes and the network of this machine: {}; parts of /proc "
        "are hidden here, as inside another container",
        refusal);
    return {Runner(ProcessSpace::host), Isolation::chroot, std::move(notice)};
}

IsolatedRunner runner_of(const IsolationFlags& flags, bool shares_processes) {
    const runtime::HostRights& rights = runtime::acquire_rights();
    const Isolation isolation = wanted_isolation(flags);
    if (isolation == Isolation::emulated) return runner_of_emulation(flags, rights);
    if (isolation == Isolation::oci_runtime && runtime::keeps_owners_aside(rights.level))
        throw Error("an OCI runtime cannot keep the owners of files beside them: {}", rights.reason)
            .with_hint(rights.hint)
            .with_hint("leave --runtime out: builder makes containers by itself");
    if (isolation == Isolation::chroot) return runner_of_chroot();
    if (shares_processes) return {Runner(ProcessSpace::host), isolation, ""};
    const std::string refusal = runtime::refusal_of_proc();
    if (refusal.empty()) return {Runner(), isolation, ""};
    return runner_without_proc(flags, rights, refusal);
}

/// What the flags ask for by name is had or refused, never left out without a word.
void refuse_missing_namespaces(const NamespaceWishes& wishes, const IsolatedRunner& chosen) {
    if (chosen.isolation != Isolation::chroot && chosen.isolation != Isolation::emulated) return;
    const bool is_chroot = chosen.isolation == Isolation::chroot;
    const auto refuse = [&](const char* flag, const std::string& wish) {
        if (wish != "private") return;
        throw Error("--{} private cannot be had with --isolation {}: steps share that with this machine", flag,
                    is_chroot ? "chroot" : "emulated")
            .with_hint(chosen.notice);
    };
    refuse("pid", wishes.pid);
    refuse("uts", wishes.uts);
    refuse("cgroupns", wishes.cgroup);
    if (!is_chroot) refuse("ipc", wishes.ipc);
}

}  // namespace

IsolatedRunner choose_runner(const IsolationFlags& flags, const NamespaceWishes& wishes) {
    IsolatedRunner chosen = runner_of(flags, shares_processes(wishes));
    refuse_missing_namespaces(wishes, chosen);
    return chosen;
}

namespace {

runtime::CgroupManager cgroup_manager(const std::string& given) {
    const std::string& word = given.empty() ? containers_conf().cgroup_manager : given;
    if (word.empty()) return runtime::CgroupManager::as_needed;
    if (word == "cgroupfs") return runtime::CgroupManager::nobody;
    if (word == "systemd") return runtime::CgroupManager::systemd;
    throw Error("--cgroup-manager takes systemd or cgroupfs, not {}", quoted(word));
}

/// An OCI runtime makes the cgroup by itself. Where systemd is to give the place, it is asked here in the same way for
/// all of them, and the runtime is told a path.
void place_for_runtime(RunSettings& settings, const runtime::CgroupWishes& wishes) {
    const bool is_slice = !wishes.parent.empty() && !wishes.parent.starts_with("/");
    const bool needs_systemd =
        is_slice || wishes.manager == runtime::CgroupManager::systemd || (wishes.user && wishes.parent.empty());
    if (needs_systemd && runtime::is_cgroup_version_2())
        settings.oci.cgroup_parent = runtime::find_cgroup_place(runtime::controllers_for(settings.limits), wishes);
    else if (is_slice)
        settings.oci.cgroup_parent = runtime::path_of_slice(wishes.parent);
}

}  // namespace

std::unique_ptr<runtime::Cgroup> limit_steps(const runtime::CgroupLimits& limits, RunSettings& settings,
                                             const Runner& runner, const std::string& manager) {
    settings.limits = limits;
    const runtime::CgroupManager given = cgroup_manager(manager);
    if (limits.empty() && settings.cgroup_parent.empty()) return nullptr;
    runtime::CgroupWishes wishes{settings.cgroup_parent, given, runner.process_number(), {}};
    if (const uid_t user = runtime::invoking_user(); user != 0) wishes.user = user;
    if (settings.isolation == Isolation::oci_runtime) {
        place_for_runtime(settings, wishes);
        return nullptr;
    }
    auto cgroup = std::make_unique<runtime::Cgroup>(limits, wishes);
    settings.cgroup_folders = cgroup->folders();
    return cgroup;
}

}  // namespace builder
