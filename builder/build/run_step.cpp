#include "builder/build/run_step.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <set>

#include "overlay/upper_folder.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/container/cgroup.hpp"
#include "runtime/container/users.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/seccomp.hpp"

namespace builder {
namespace {

using runtime::Fd;
using runtime::SystemError;

constexpr std::size_t kept_output_bytes = 4096;

std::string hosts_text(const std::string& hostname, const std::vector<std::string>& extra) {
    std::string text = "127.0.0.1\tlocalhost " + hostname + "\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    for (const std::string& line : extra) text += line + "\n";
    return text;
}

void write_text(const std::string& path, const std::string& text) {
    const Fd file = runtime::open_path(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    runtime::write_all(file, text, path);
}

bool has_variable(const std::vector<std::string>& environment, const std::string& name) {
    return std::any_of(environment.begin(), environment.end(),
                       [&](const std::string& text) { return text.starts_with(name + "="); });
}

/// Passes output on and keeps the end of it.
class OutputRelay {
public:
    OutputRelay(Fd pipe, const StepLabel& label, BuildObserver& observer, const layers::SecretPatterns* secrets)
        : pipe_(std::move(pipe)), label_(label), observer_(observer) {
        if (secrets != nullptr) redactor_.emplace(*secrets);
    }

    /// Takes what is there; false at the end of the output.
    bool relay() {
        std::array<std::byte, 32 * 1024> buffer;
        const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) return true;
        if (count <= 0) {
            if (redactor_) pass_on(redactor_->finish());
            return false;
        }
        const std::string_view text(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(count));
        if (redactor_)
            pass_on(redactor_->redact(text));
        else
            pass_on(text);
        return true;
    }
    const Fd& pipe() const noexcept { return pipe_; }
    std::string last() const {
        return kept_.size() > kept_output_bytes ? kept_.substr(kept_.size() - kept_output_bytes) : kept_;
    }

private:
    void pass_on(std::string_view text) {
        if (text.empty()) return;
        observer_.step_output(label_, std::as_bytes(std::span(text)));
        kept_ += text;
        if (kept_.size() > 4 * kept_output_bytes) kept_.erase(0, kept_.size() - kept_output_bytes);
    }

    Fd pipe_;
    std::optional<layers::SecretRedactor> redactor_;
    const StepLabel& label_;
    BuildObserver& observer_;
    std::string kept_;
};

/// Relays output until the container has ended; ends it where stop was asked for.
runtime::ContainerResult wait_for(runtime::RunningContainer& container, OutputRelay& output,
                                  const runtime::StopSource& stop) {
    std::optional<runtime::ContainerResult> result;
    bool output_open = true;
    bool killed = false;
    while (!result || output_open) {
        std::array<pollfd, 3> polled = {pollfd{output_open ? output.pipe().get() : -1, POLLIN, 0},
                                        pollfd{result ? -1 : container.status().get(), POLLIN, 0},
                                        pollfd{killed ? -1 : stop.descriptor().get(), POLLIN, 0}};
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
            throw SystemError("cannot wait for a container");
        if (polled[2].revents != 0) {
            killed = true;
            if (!result) container.kill(SIGKILL);
        }
        if (polled[0].revents != 0) output_open = output.relay();
        if (polled[1].revents != 0) result = container.receive();
    }
    return *std::move(result);
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

void add_once(std::vector<gid_t>& groups, gid_t group) {
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
}

void add_groups(const std::vector<std::string>& groups, const overlay::LayeredView& view,
                runtime::ContainerSpec& spec) {
    if (groups.empty()) return;
    const runtime::UserFiles files{"", view.read_text("/etc/group").value_or("")};
    for (const std::string& group : groups) {
        if (group == "keep-groups")
            spec.keeps_groups = true;
        else
            add_once(spec.supplementary_groups, runtime::find_owner("0:" + group, files).gid);
    }
    if (spec.keeps_groups && groups.size() > 1) throw runtime::Error("--group-add keep-groups stands alone");
}

/// What would be fresh is the host's.
void share_with_host(runtime::ContainerNamespaces& namespaces) {
    using Mode = runtime::NamespaceChoice::Mode;
    for (runtime::NamespaceChoice* choice : {&namespaces.pid, &namespaces.ipc, &namespaces.uts, &namespaces.cgroup})
        if (choice->mode == Mode::fresh) choice->mode = Mode::host;
}

}  // namespace

StepRunner::StepRunner(layers::Store& store, const runtime::Runner& runner, RunSettings settings,
                       runtime::StopSource& stop)
    : store_(store), runner_(runner), settings_(std::move(settings)), stop_(stop) {}

const StepRunner::SharedFiles& StepRunner::shared_files() {
    const std::lock_guard lock(mutex_);
    if (shared_) return *shared_;
    SharedFiles files;
    files.folder = store_.staging().new_path();
    for (const char* name : {"/root", "/scratch", "/empty", "/network"})
        runtime::make_folders(files.folder + name, 0755);
    if (settings_.connect) notice_ = settings_.connect(settings_, files.folder + "/network");
    write_text(files.folder + "/hosts", hosts_text(settings_.hostname, settings_.extra_hosts));
    write_text(files.folder + "/hostname", settings_.hostname + "\n");
    write_text(files.folder + "/resolv.conf", settings_.resolver
                                                  ? *settings_.resolver
                                                  : runtime::read_file_if_exists("/etc/resolv.conf").value_or(""));
    write_text(files.folder + "/no-resolv.conf", "");
    files.stub_folder = make_stub_folder(store_);
    if (!settings_.seccomp_profile.empty())
        files.seccomp_program = runtime::load_or_compile_seccomp(settings_.seccomp_profile, settings_.capabilities,
                                                                 store_.location().runroot)
                                    .program;
    if (runs_hooks() && !settings_.seccomp_profile.empty())
        files.oci_seccomp = runtime::oci_seccomp(settings_.seccomp_profile, settings_.capabilities);
    return shared_.emplace(std::move(files));
}

void StepRunner::add_etc_files(runtime::ContainerSpec& spec, std::vector<Fd>& sources, runtime::NetworkMode network) {
    const SharedFiles& files = shared_files();
    const auto add = [&](const std::string& file, const std::string& target) {
        runtime::MountSpec mount;
        mount.source = static_cast<std::uint32_t>(sources.size());
        mount.source_path = files.folder + "/" + file;
        mount.target = target;
        mount.read_only = true;
        mount.is_folder = false;
        sources.push_back(runtime::clone_mount(runtime::open_path(mount.source_path, O_PATH), false));
        spec.mounts.insert(spec.mounts.begin(), mount);
    };
    if (settings_.makes_hosts_file) add("hosts", "/etc/hosts");
    if (settings_.makes_hostname_file) add("hostname", "/etc/hostname");
    if (settings_.resolver && settings_.resolver->empty()) return;
    add(network == runtime::NetworkMode::none ? "no-resolv.conf" : "resolv.conf", "/etc/resolv.conf");
}

std::optional<StepRunner::StagedCopy> StepRunner::copy_root(const std::vector<std::string>& folders) {
    if (store_.driver() == overlay::Driver::overlayfs) return std::nullopt;
    std::vector<std::string> all = folders;
    all.push_back(shared_files().stub_folder);
    layers::StagedLayer place = store_.staging().new_layer();
    const CopiedRoot copy(place.path(), all);
    copy.fill();
    return StagedCopy{std::move(place), copy};
}

namespace {

runtime::ContainerUser user_of(const RunRequest& request) {
    const overlay::LayeredView& view = request.users != nullptr ? *request.users : *request.view;
    return runtime::find_user(request.user,
                              {view.read_text("/etc/passwd").value_or(""), view.read_text("/etc/group").value_or("")});
}

/// Where everybody is root, what a step of another user made belongs to root. Such a user could have made nothing for
/// somebody else, so it was the user's.
void give_new_files(const Fd& upper, const overlay::LayeredView& below, const runtime::ContainerUser& user,
                    const std::set<std::string>& older = {}) {
    if (user.uid == 0 && user.gid == 0) return;
    const std::function<void(const Fd&, const std::string&)> visit = [&](const Fd& folder, const std::string& path) {
        for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
            const std::string name = path + "/" + entry.name;
            const auto status = runtime::stat_at(folder, entry.name);
            if (!status || overlay::is_whiteout(*status)) continue;
            if (status->st_uid == 0 && status->st_gid == 0 && !older.contains(name) && !below.find(name, false))
                runtime::set_owner_at(folder, entry.name, user.uid, user.gid);
            if (S_ISDIR(status->st_mode))
                visit(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), name);
        }
    };
    visit(upper, "");
}

}  // namespace

namespace {

/// What an upper folder has already when a step of another user than root begins where everybody is root.
std::set<std::string> paths_before(const RunRequest& request, const std::string& upper) {
    std::set<std::string> paths;
    if (!runtime::owners_are_aside() || user_of(request).uid == 0) return paths;
    const std::function<void(const Fd&, const std::string&)> visit = [&](const Fd& folder, const std::string& path) {
        for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
            const std::string name = path + "/" + entry.name;
            const auto status = runtime::stat_at(folder, entry.name);
            if (!status || overlay::is_whiteout(*status)) continue;
            paths.insert(name);
            if (S_ISDIR(status->st_mode))
                visit(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), name);
        }
    };
    visit(runtime::open_path(upper, O_RDONLY | O_DIRECTORY), "");
    return paths;
}

}  // namespace

runtime::ContainerSpec StepRunner::make_spec(RunRequest& request, const WritableFolder& folder) {
    const SharedFiles& files = shared_files();
    const runtime::ContainerUser user = user_of(request);
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
    add_groups(settings_.added_groups, request.users != nullptr ? *request.users : *request.view, spec);
    spec.root = {request.lower_folders, folder.upper, folder.work, overlay::has_user_marks()};
    spec.root.has_devices = request.insecure;
    if (request.mounted_root) {
        spec.root_source = static_cast<std::uint32_t>(request.mount_sources.size());
        request.mount_sources.push_back(std::move(request.mounted_root));
    }
    share_namespaces(settings_.namespaces, spec, request.mount_sources);
    spec.isolation = settings_.isolation;
    spec.clocks = settings_.clocks;
    if (spec.isolation == runtime::Isolation::chroot) share_with_host(spec.namespaces);
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
    if (spec.single_user) spec.user = spec.group = 0;
    if (settings_.user_namespace) give_own_users(spec, request);
    if (!request.insecure) {
        spec.seccomp_program = files.seccomp_program;
        spec.masked_paths = settings_.masked_paths;
        spec.read_only_paths = settings_.read_only_paths;
        spec.apparmor_profile = settings_.apparmor_profile;
        spec.process_label = settings_.process_label;
    }
    spec.resource_limits = settings_.resource_limits;
    spec.cgroup_folders = settings_.cgroup_folders;
    if (spec.isolation == runtime::Isolation::oci_runtime) {
        add_runtime(spec, request);
    } else if (const auto hooks = hooks_for(spec, request); !hooks.empty()) {
        throw runtime::Error("the hook {} is to be run, which an OCI runtime does", runtime::quoted(hooks.front().path))
            .with_hint("name a runtime with --runtime, or other folders with --hooks-dir");
    }
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
    if (!request.insecure) spec.oci.seccomp = shared_files().oci_seccomp;
    spec.seccomp_program.clear();
    spec.limits = settings_.limits;
    spec.hooks = hooks_for(spec, request);
    const auto add = [&spec](const std::vector<runtime::Hook>& hooks) {
        spec.hooks.insert(spec.hooks.end(), hooks.begin(), hooks.end());
    };
    add(settings_.devices.hooks);
    add(request.devices.hooks);
}

namespace {

void add_bind(runtime::ContainerSpec& spec, std::vector<Fd>& sources, const std::string& from,
              runtime::MountSpec mount) {
    const Fd place = runtime::open_path(from, O_PATH);
    mount.is_folder = S_ISDIR(runtime::stat_of(place).st_mode);
    mount.source = static_cast<std::uint32_t>(sources.size());
    mount.source_path = from;
    sources.push_back(runtime::clone_mount(place, mount.is_folder));
    spec.mounts.push_back(std::move(mount));
}

void add_devices(runtime::ContainerSpec& spec, std::vector<Fd>& sources, const runtime::DeviceEdits& edits) {
    for (const runtime::DevicePath& node : edits.nodes) {
        runtime::MountSpec mount;
        mount.target = node.container_path;
        mount.has_devices = true;
        add_bind(spec, sources, node.host_path, std::move(mount));
    }
    for (const runtime::DeviceMount& needed : edits.mounts) {
        runtime::MountSpec mount;
        mount.target = needed.container_path;
        mount.read_only = needed.read_only;
        mount.no_execute = needed.no_execute;
        mount.propagation = needed.propagation;
        add_bind(spec, sources, needed.host_path, std::move(mount));
    }
    spec.environment.insert(spec.environment.end(), edits.environment.begin(), edits.environment.end());
    spec.supplementary_groups.insert(spec.supplementary_groups.end(), edits.groups.begin(), edits.groups.end());
}

}  // namespace

runtime::ContainerSpec StepRunner::describe(RunRequest request) {
    runtime::ContainerSpec spec = make_spec(request, {});
    add_etc_files(spec, request.mount_sources, request.network);
    add_devices(spec, request.mount_sources, settings_.devices);
    return spec;
}

namespace {

void log_container(const runtime::ContainerSpec& spec) {
    if (!runtime::logs(runtime::LogLevel::debug)) return;
    runtime::log_debug("a container for {}: {} lower folders, {} mounts, network {}, {} cgroups",
                       fmt::join(spec.arguments, " "), spec.root.lower_folders.size(), spec.mounts.size(),
                       spec.network == runtime::NetworkMode::none ? "none" : "as given", spec.cgroup_folders.size());
    for (const std::string& folder : spec.root.lower_folders) runtime::log_trace("  lower folder {}", folder);
    for (const runtime::MountSpec& mount : spec.mounts)
        runtime::log_trace("  mount at {}{}", mount.target, mount.read_only ? ", read-only" : "");
}

void log_end(const runtime::ContainerResult& result) {
    if (result.started)
        runtime::log_debug("the container has ended with exit code {}, signal {}", result.exit_code, result.signal);
    else
        runtime::log_debug("the container was not made: {}: {}", result.failed_step, result.failure);
}

}  // namespace

void StepRunner::join_network(runtime::ContainerSpec& spec, RunRequest& request) const {
    if (!settings_.network_namespace || request.network == runtime::NetworkMode::none || request.uses_host_network ||
        spec.namespaces.joined_network)
        return;
    spec.namespaces.joined_network = static_cast<std::uint32_t>(request.mount_sources.size());
    request.mount_sources.push_back(settings_.network_namespace->duplicate());
}

std::string StepRunner::take_notice() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notice_, {});
}

RunResult StepRunner::run(RunRequest request, layers::StagedLayer& staged, const StepLabel& label,
                          BuildObserver& observer) {
    stop_.throw_if_stopped();
    runner_.require();
    const overlay::LayeredView& below = *request.view;
    // The upper folder's own looks are those of the container's root.
    const overlay::UpperFolder upper(staged.diff_path(), below);
    const std::optional<StagedCopy> copy = copy_root(request.lower_folders);
    runtime::ContainerSpec spec = make_spec(request, {staged.diff_path(), staged.work_path()});
    if (copy) spec.root.copy_folder = copy->root.root();
    add_etc_files(spec, request.mount_sources, request.network);
    join_network(spec, request);
    if (const std::string notice = take_notice(); !notice.empty()) observer.notice(notice);
    add_devices(spec, request.mount_sources, settings_.devices);
    add_devices(spec, request.mount_sources, request.devices);
    runtime::Pipe pipe = runtime::make_pipe();
    runtime::ContainerStreams streams{runtime::open_path("/dev/null", O_RDONLY), pipe.write_end.duplicate(),
                                      std::move(pipe.write_end)};
    if (settings_.gives_input) streams.input = Fd(::dup(STDIN_FILENO));
    const std::uint64_t kills_before = runtime::count_memory_kills(settings_.cgroup_folders);
    log_container(spec);
    runtime::RunningContainer container =
        runner_.run(std::move(spec), std::move(streams), std::move(request.mount_sources));
    OutputRelay output(std::move(pipe.read_end), label, observer, settings_.secrets.get());
    RunResult result;
    result.container = wait_for(container, output, stop_);
    log_end(result.container);
    result.last_output = output.last();
    result.hit_memory_limit =
        runtime::count_memory_kills(settings_.cgroup_folders) > kills_before || result.container.memory_kills > 0;
    stop_.throw_if_stopped();
    if (copy) copy->root.collect(staged.diff_path(), overlay::CopiedFiles::given_away);
    if (runtime::owners_are_aside()) give_new_files(staged.diff(), below, user_of(request));
    remove_mount_points(staged.diff(), result.container.made, below);
    return result;
}

RunResult StepRunner::run_attached(RunRequest request, const WritableFolder& folder, runtime::Attachment& attachment) {
    runner_.require();
    const bool is_mounted = static_cast<bool>(request.mounted_root);
    if (!is_mounted) const overlay::UpperFolder upper(folder.upper, *request.view, folder.state);
    std::vector<std::string> folders = request.lower_folders;
    folders.insert(folders.begin(), folder.upper);
    const std::optional<StagedCopy> copy = is_mounted ? std::nullopt : copy_root(folders);
    const std::set<std::string> older = paths_before(request, folder.upper);
    const overlay::LayeredView& below = *request.view;
    runtime::ContainerSpec spec = make_spec(request, folder);
    if (copy) spec.root.copy_folder = copy->root.root();
    add_etc_files(spec, request.mount_sources, request.network);
    join_network(spec, request);
    if (const std::string notice = take_notice(); !notice.empty()) std::cerr << notice << "\n";
    add_devices(spec, request.mount_sources, settings_.devices);
    runtime::ContainerStreams streams{Fd(::dup(STDIN_FILENO)), Fd(::dup(STDOUT_FILENO)), Fd(::dup(STDERR_FILENO))};
    const std::uint64_t kills_before = runtime::count_memory_kills(settings_.cgroup_folders);
    log_container(spec);
    runtime::RunningContainer container =
        runner_.run(std::move(spec), std::move(streams), std::move(request.mount_sources));
    RunResult result;
    result.container = attachment.wait(container);
    log_end(result.container);
    result.hit_memory_limit =
        runtime::count_memory_kills(settings_.cgroup_folders) > kills_before || result.container.memory_kills > 0;
    if (copy) {
        copy->root.merge_into(folder.upper, below, store_, overlay::CopiedFiles::given_away, result.container.made);
        result.container.made.clear();
    }
    if (runtime::owners_are_aside())
        give_new_files(runtime::open_path(folder.upper, O_RDONLY | O_DIRECTORY), below, user_of(request), older);
    return result;
}

std::string notice_of_hooks(const std::vector<runtime::Hook>& hooks) {
    std::vector<std::string> paths;
    for (const runtime::Hook& hook : hooks) paths.push_back(hook.path);
    return fmt::format("the hooks that devices name are run with --runtime only: {}", fmt::join(paths, ", "));
}

namespace {

/// Whether a folder of the upper folder says nothing: it is empty and looks like the one below it.
bool says_nothing(const Fd& folder, const overlay::LayeredView& below, const std::string& path) {
    if (!runtime::list_folder(folder).empty() || overlay::is_opaque(folder, overlay::store_marks())) return false;
    const auto under = below.find(path, false);
    if (!under || !under->is_folder()) return false;
    const struct stat status = runtime::stat_of(folder);
    return status.st_mode == under->status.st_mode && status.st_uid == under->status.st_uid &&
           status.st_gid == under->status.st_gid;
}

void remove_empty_parents(const Fd& upper, const overlay::LayeredView& below, std::string path) {
    for (auto slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/')) {
        path.erase(slash);
        const auto folder = runtime::open_in_root_if_exists(upper, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!folder || !says_nothing(*folder, below, path)) return;
        const auto parent_slash = path.rfind('/');
        const Fd parent = runtime::open_in_root(upper, path.substr(0, parent_slash), O_RDONLY | O_DIRECTORY);
        if (::unlinkat(parent.get(), path.c_str() + parent_slash + 1, AT_REMOVEDIR) != 0) return;
    }
}

}  // namespace

void remove_mount_points(const Fd& upper, const std::vector<runtime::MadePath>& made,
                         const overlay::LayeredView& below) {
    for (auto point = made.rbegin(); point != made.rend(); ++point) {
        const auto slash = point->path.rfind('/');
        const auto parent =
            runtime::open_in_root_if_exists(upper, point->path.substr(0, slash), O_RDONLY | O_DIRECTORY);
        if (!parent) continue;
        const std::string name = point->path.substr(slash + 1);
        const auto status = runtime::stat_at(*parent, name);
        // What the command made of it since, it keeps: a file that got content, a folder that got files.
        if (!status || (!point->is_folder && status->st_size > 0)) continue;
        if (::unlinkat(parent->get(), name.c_str(), point->is_folder ? AT_REMOVEDIR : 0) != 0) continue;
        remove_empty_parents(upper, below, point->path);
    }
}

}  // namespace builder
