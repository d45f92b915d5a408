// What a step asks of the runner: StepRunner's part that says what its containers are like.
#include <sys/stat.h>
#include <utility>

#include <algorithm>

#include "builder/steps/bind_mount.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/steps/run_step.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/users.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/seccomp.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace builder {
namespace {

using runtime::Fd;

bool has_variable(const std::vector<std::string>& environment, const std::string& name) {
    return std::any_of(environment.begin(), environment.end(),
                       [&](const std::string& text) { return text.starts_with(name + "="); });
}

void share_namespaces(const SharedNamespaces& shared, runtime::ContainerSpec& spec, std::vector<Fd>& sources) {
    spec.namespaces = shared.kinds;
    const auto first = static_cast<std::uint32_t>(sources.size());
    for (const auto& source : shared.sources) sources.push_back(source->duplicate());
    runtime::ContainerNamespaces& kinds = spec.namespaces;
    for (runtime::NamespaceChoice* choice : {&kinds.pid, &kinds.ipc, &kinds.uts, &kinds.cgroup})
        choice->source += first;
    if (kinds.joined_network) *kinds.joined_network += first;
}

const overlay::LayeredView& users_of(const RunRequest& request) {
    return request.users != nullptr ? *request.users : *request.view;
}

void add_once(std::vector<gid_t>& groups, gid_t group) {
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
}

void add_groups(const std::vector<std::string>& groups, const overlay::LayeredView& view,
                runtime::ContainerSpec& spec) {
    if (groups.empty()) return;
    const runtime::UserFiles files = user_files(view);
    for (const std::string& group : groups) {
        if (group == "keep-groups")
            spec.keeps_groups = true;
        else
            add_once(spec.supplementary_groups, runtime::find_owner("0:" + group, files).gid);
    }
    if (spec.keeps_groups && groups.size() > 1)
        throw runtime::Error("the '--group-add keep-groups' option is not allowed with any other --group-add options");
}

void add_devices(runtime::ContainerSpec& spec, std::vector<Fd>& sources, const runtime::DeviceEdits& edits) {
    for (const runtime::DevicePath& node : edits.nodes) {
        runtime::MountSpec mount;
        mount.target = node.container_path;
        mount.has_devices = true;
        mount.from_caller = true;
        add_bind(spec.mounts, sources, node.host_path, std::move(mount));
    }
    for (const runtime::DeviceMount& needed : edits.mounts) {
        runtime::MountSpec mount;
        mount.target = needed.container_path;
        mount.read_only = needed.read_only;
        mount.no_execute = needed.no_execute;
        mount.propagation = needed.propagation;
        mount.from_caller = true;
        add_bind(spec.mounts, sources, needed.host_path, std::move(mount));
    }
    spec.environment.insert(spec.environment.end(), edits.environment.begin(), edits.environment.end());
    spec.supplementary_groups.insert(spec.supplementary_groups.end(), edits.groups.begin(), edits.groups.end());
}

/// What would be fresh is the host's.
void share_with_host(runtime::ContainerNamespaces& namespaces) {
    using Mode = runtime::NamespaceChoice::Mode;
    for (runtime::NamespaceChoice* choice : {&namespaces.pid, &namespaces.ipc, &namespaces.uts, &namespaces.cgroup})
        if (choice->mode == Mode::fresh) choice->mode = Mode::host;
}

/// With --isolation chroot: processes, names and cgroups are the host's, but no process or memory of it is reached.
void share_but_fence(runtime::ContainerSpec& spec, std::vector<Fd>& sources) {
    const runtime::NamespaceChoice ipc = spec.namespaces.ipc;
    share_with_host(spec.namespaces);
    spec.namespaces.ipc = ipc;
    spec.barrier = static_cast<std::uint32_t>(sources.size());
    sources.push_back(runtime::identity_namespace().handle.duplicate());
}

/// An empty folder that is mounted above the file comes first: it would hide the file. Other folders hide it, as they
/// may be read-only and have no place for it.
std::vector<runtime::MountSpec>::iterator behind_parents(std::vector<runtime::MountSpec>& mounts,
                                                         std::string_view file) {
    const auto last = std::find_if(mounts.rbegin(), mounts.rend(), [&](const runtime::MountSpec& mount) {
        return mount.kind == runtime::MountSpec::Kind::tmpfs && !mount.read_only && file.starts_with(mount.target) &&
               file.substr(mount.target.size()).starts_with("/");
    });
    return last.base();
}

}  // namespace

void StepRunner::add_own_files(runtime::ContainerSpec& spec, std::vector<Fd>& sources, runtime::NetworkMode network) {
    const SharedFiles& files = shared_files();
    const auto add = [&](const std::string& file, const std::string& target) {
        runtime::MountSpec mount;
        mount.source = static_cast<std::uint32_t>(sources.size());
        mount.source_path = files.folder + "/" + file;
        mount.target = target;
        mount.read_only = true;
        mount.is_folder = false;
        sources.push_back(runtime::hold_tree(runtime::open_path(mount.source_path, O_PATH), false));
        spec.mounts.insert(behind_parents(spec.mounts, target), mount);
    };
    // Programs that ask whether they are in a container look for it.
    add("containerenv", "/run/.containerenv");
    if (settings_.makes_hosts_file) add("hosts", "/etc/hosts");
    if (settings_.makes_hostname_file) add("hostname", "/etc/hostname");
    if (!settings_.makes_resolver_file) return;
    add(network == runtime::NetworkMode::none ? "no-resolv.conf" : "resolv.conf", "/etc/resolv.conf");
}

runtime::ContainerSpec StepRunner::make_spec(RunRequest& request, const WritableFolder& folder) {
    const SharedFiles& files = shared_files();
    const runtime::ContainerUser user = find_user(request.user, users_of(request));
    runtime::ContainerSpec spec;
    spec.arguments = request.arguments;
    spec.environment = request.environment;
    for (const std::string& text : settings_.environment)
        if (!has_variable(spec.environment, text.substr(0, text.find('=')))) spec.environment.push_back(text);
    if (!has_variable(spec.environment, "HOME")) spec.environment.push_back("HOME=" + user.home);
    spec.working_directory = request.working_directory;
    spec.user = user.uid;
    spec.group = user.gid;
    spec.supplementary_groups = user.supplementary_groups;
    add_groups(settings_.added_groups, users_of(request), spec);
    spec.root = {request.lower_folders, folder.upper, folder.work, overlay::has_user_marks()};
    spec.root.has_devices = request.insecure;
    if (request.mounted_root) {
        spec.root_source = static_cast<std::uint32_t>(request.mount_sources.size());
        request.mount_sources.push_back(std::move(request.mounted_root));
    }
    share_namespaces(settings_.namespaces, spec, request.mount_sources);
    spec.isolation = settings_.isolation;
    spec.clocks = settings_.clocks;
    if (spec.isolation == runtime::Isolation::emulated) share_with_host(spec.namespaces);
    if (spec.isolation == runtime::Isolation::chroot) share_but_fence(spec, request.mount_sources);
    spec.terminal = request.terminal;
    spec.mounts = request.mounts;
    if (!request.script_name.empty()) {
        runtime::MountSpec script;
        script.kind = runtime::MountSpec::Kind::content;
        script.target = "/dev/pipes/" + request.script_name;
        script.read_only = true;
        script.mode = 0755;
        script.content = request.script_content;
        spec.mounts.push_back(std::move(script));
    }
    spec.mount_point = files.folder + "/root";
    spec.scratch_folder = files.folder + "/scratch";
    spec.empty_folder = files.folder + "/empty";
    spec.stub_folder = files.stub_folder;
    spec.network = request.network;
    spec.hostname = settings_.hostname;
    spec.shm_size_bytes = settings_.shm_size_bytes;
    spec.capabilities = request.insecure ? runtime::all_capabilities() : settings_.capabilities;
    spec.no_new_privileges = settings_.no_new_privileges;
    spec.single_user = runtime::owners_are_aside();
    if (spec.single_user) {
        spec.shown_user = std::exchange(spec.user, 0);
        spec.shown_group = std::exchange(spec.group, 0);
    }
    if (settings_.user_namespace) give_own_users(spec, request);
    if (!request.insecure) {
        spec.seccomp_program = files.seccomp_program;
        spec.masked_paths = settings_.masked_paths;
        spec.read_only_paths = settings_.read_only_paths;
        spec.apparmor_profile = settings_.apparmor_profile;
        spec.process_label = settings_.process_label;
        spec.mount_label = settings_.mount_label;
    }
    spec.resource_limits = settings_.resource_limits;
    spec.cgroup_folders = settings_.cgroup_folders;
    if (spec.isolation == runtime::Isolation::oci_runtime) {
        add_runtime(spec, request);
    } else if (const auto hooks = hooks_for(spec, request); !hooks.empty()) {
        throw runtime::Error("the hook {} is to be run, which an OCI runtime does", runtime::quoted(hooks.front().path))
            .with_hint("name a runtime with --runtime, or other folders with --hooks-dir");
    }
    add_own_files(spec, request.mount_sources, request.network);
    add_devices(spec, request.mount_sources, settings_.devices);
    add_devices(spec, request.mount_sources, request.devices);
    return spec;
}

void StepRunner::give_own_users(runtime::ContainerSpec& spec, RunRequest& request) const {
    if (spec.isolation == runtime::Isolation::oci_runtime)
        throw runtime::Error("--userns cannot be had together with --runtime");
    if (spec.root_source)
        throw runtime::Error("a container with --userns cannot be run while it is mounted or runs something else")
            .with_hint("unmount it first");
    const runtime::UserNamespace& given = *settings_.user_namespace;
    spec.own_users = runtime::ContainerUsers{static_cast<std::uint32_t>(request.mount_sources.size()), given.users,
                                             given.groups, store_.location().root};
    request.mount_sources.push_back(given.handle.duplicate());
}

std::vector<runtime::Hook> StepRunner::hooks_for(const runtime::ContainerSpec& spec, const RunRequest& request) const {
    if (settings_.hook_folders.empty()) return {};
    runtime::HookSubject subject;
    subject.command = spec.arguments.front();
    const auto is_bind = [](const runtime::MountSpec& mount) { return mount.kind == runtime::MountSpec::Kind::bind; };
    subject.has_bind_mounts =
        !settings_.devices.mounts.empty() || std::any_of(request.mounts.begin(), request.mounts.end(), is_bind);
    return runtime::find_hooks(settings_.hook_folders, subject);
}

void StepRunner::add_runtime(runtime::ContainerSpec& spec, const RunRequest& request) {
    spec.oci = settings_.oci;
    spec.oci.id = "builder-" + layers::random_name();
    spec.seccomp_program.clear();
    if (!request.insecure) {
        spec.oci.seccomp = shared_files().oci_seccomp;
        if (settings_.seccomp_profile == runtime::default_seccomp_profile())
            spec.seccomp_program = runtime::seccomp_beside_runtime();
    }
    spec.limits = settings_.limits;
    spec.hooks = hooks_for(spec, request);
    const auto add = [&spec](const std::vector<runtime::Hook>& hooks) {
        spec.hooks.insert(spec.hooks.end(), hooks.begin(), hooks.end());
    };
    add(settings_.devices.hooks);
    add(request.devices.hooks);
}

runtime::ContainerSpec StepRunner::describe(RunRequest request) {
    return make_spec(request, {});
}

void StepRunner::join_network(runtime::ContainerSpec& spec, RunRequest& request) const {
    if (!settings_.network_namespace || request.network == runtime::NetworkMode::none || request.uses_host_network ||
        spec.namespaces.joined_network)
        return;
    spec.namespaces.joined_network = static_cast<std::uint32_t>(request.mount_sources.size());
    request.mount_sources.push_back(settings_.network_namespace->duplicate());
    if (!settings_.network_on_demand || !settings_.network_on_demand->is_pending()) return;
    // Without any filter that is asked for, programs find none.
    spec.watches_sockets = spec.isolation != runtime::Isolation::oci_runtime && !spec.seccomp_program.empty();
    if (!spec.watches_sockets) settings_.network_on_demand->connect();
}

std::string notice_of_hooks(const std::vector<runtime::Hook>& hooks) {
    std::vector<std::string> paths;
    for (const runtime::Hook& hook : hooks) paths.push_back(hook.path);
    return fmt::format("the hooks that devices name are run with --runtime only: {}", fmt::join(paths, ", "));
}

}  // namespace builder
