#include "builder/steps/run_step.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <set>

#include "builder/steps/etc_lines.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/steps/mount_points.hpp"
#include "builder/steps/step_output.hpp"
#include "builder/steps/step_slots.hpp"
#include "overlay/needless_marks.hpp"
#include "overlay/upper_folder.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/container/cgroup/cgroup.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folders_in_root.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/seccomp.hpp"

namespace builder {
namespace {

using runtime::Fd;

std::string hosts_text(const std::string& hostname, const std::vector<std::string>& extra) {
    require_one_line(hostname, "the host name");
    for (const std::string& line : extra) require_one_line(line, "the line for /etc/hosts");
    std::string text = "127.0.0.1\tlocalhost " + hostname + "\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    for (const std::string& line : extra) text += line + "\n";
    return text;
}

void write_text(const std::string& path, const std::string& text) {
    const Fd file = runtime::open_path(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    runtime::write_all(file, text, path);
}

/// Where links lead, as root's. `copy` is the root that the step works in, where that is a copy.
void make_folders(const std::vector<std::string>& paths, overlay::UpperFolder& upper, const std::string& copy) {
    constexpr mode_t mode = 0755;
    for (const std::string& path : paths) {
        if (copy.empty())
            upper.open_folder(upper.view().resolve(path).path, {mode, 0, 0});
        else
            runtime::make_folders_in_root(runtime::open_path(copy, O_RDONLY | O_DIRECTORY), path, mode);
    }
}

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

StepRunner::StepRunner(layers::Store& store, const runtime::Runner& runner, RunSettings settings,
                       runtime::StopSource& stop)
    : CommandRunner(std::move(settings)), store_(store), runner_(runner), stop_(stop) {}

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
    write_text(files.folder + "/resolv.conf",
               settings_.resolver.empty() ? runtime::read_file_if_exists("/etc/resolv.conf").value_or("")
                                          : text_of(completed(settings_.resolver, runtime::resolver_file_of_host())));
    write_text(files.folder + "/no-resolv.conf", "");
    write_text(files.folder + "/containerenv", "engine=\"builder\"\n");
    files.stub_folder = make_stub_folder(
        store_, {settings_.makes_hosts_file, settings_.makes_hostname_file, settings_.makes_resolver_file});
    if (!settings_.seccomp_profile.empty())
        files.seccomp_program = runtime::load_or_compile_seccomp(settings_.seccomp_profile, settings_.capabilities,
                                                                 store_.location().runroot)
                                    .program;
    if (runs_hooks() && !settings_.seccomp_profile.empty())
        files.oci_seccomp = runtime::oci_seccomp(settings_.seccomp_profile, settings_.capabilities);
    return shared_.emplace(std::move(files));
}

std::optional<StepRunner::StagedCopy> StepRunner::copy_root(const std::vector<std::string>& folders) {
    if (store_.driver() == overlay::Driver::overlayfs) return std::nullopt;
    std::vector<std::string> all = folders;
    all.push_back(shared_files().stub_folder);
    if (const std::string& refusal = store_.refusal_of_overlayfs(); !refusal.empty()) {
        const std::lock_guard lock(mutex_);
        if (notice_.empty())
            notice_ = "steps work on copies of the files, which is slow, as overlayfs refuses: " + refusal;
    }
    layers::StagedLayer place = store_.staging().new_layer();
    const CopiedRoot copy(place.path(), all);
    copy.fill();
    return StagedCopy{std::move(place), copy};
}

/// In an emulated container a file belongs to who made it from the first moment on.
bool StepRunner::notes_owners_afterwards() const noexcept {
    return runtime::owners_are_aside() && settings_.isolation != runtime::Isolation::emulated;
}

std::optional<StepRunner::StagedCopy> StepRunner::copy_for_step(const std::vector<std::string>& folders) {
    auto found = kept_copies_.take(folders);
    if (!found) return copy_root(folders);
    std::vector<std::string> all = folders;
    all.push_back(shared_files().stub_folder);
    const CopiedRoot root(found->place.path(), all);
    root.bring_up_to_date(found->later);
    runtime::log_debug("a copy of the layers is used again, with {} layers more", found->later.size());
    return StagedCopy{std::move(found->place), root};
}

void StepRunner::keep_copy(StagedCopy copy, std::vector<std::string> folders, const layers::StagedLayer& layer,
                           const runtime::ContainerResult& result) {
    if (!result.started || result.exit_code != 0 || !result.made.empty()) return;
    kept_copies_.keep({std::move(copy.place), std::move(folders), layer.diff().duplicate()});
}

std::string StepRunner::take_notice() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notice_, {});
}

void StepRunner::watch_sockets(runtime::RunningContainer& container) const {
    if (!settings_.network_on_demand) return;
    container.on_sockets = [&on_demand = *settings_.network_on_demand](Fd listener) {
        on_demand.watch(std::move(listener));
    };
}

std::string StepRunner::notice_of_network() const {
    const std::string failure = settings_.network_on_demand ? settings_.network_on_demand->failure() : "";
    if (failure.empty()) return "";
    runtime::Error error("steps have no network, because a private one could not be set up: {}", failure);
    error.with_hint("--network host gives them that of this machine");
    if (settings_.requires_network) throw error;
    return fmt::format("{} ({})", error.full_message(), error.hint());
}

RunResult StepRunner::run(RunRequest request, layers::StagedLayer& staged, const StepLabel& label,
                          BuildObserver& observer) {
    stop_.throw_if_stopped();
    runner_.require();
    const overlay::LayeredView& below = *request.view;
    // The upper folder's own looks are those of the container's root.
    overlay::UpperFolder upper(staged.diff_path(), below);
    std::vector<std::string> folders = request.lower_folders;
    std::optional<StagedCopy> copy = copy_for_step(folders);
    make_folders(request.folders_to_make, upper, copy ? copy->root.root() : "");
    runtime::ContainerSpec spec = make_spec(request, {staged.diff_path(), staged.work_path()});
    if (copy) spec.root.copy_folder = copy->root.root();
    join_network(spec, request);
    if (const std::string notice = take_notice(); !notice.empty()) observer.notice(notice);
    runtime::Pipe pipe = runtime::make_pipe();
    runtime::Pipe errors;
    if (observer.takes_errors_apart()) errors = runtime::make_pipe();
    Fd error_end = errors.write_end ? std::move(errors.write_end) : pipe.write_end.duplicate();
    runtime::ContainerStreams streams{runtime::open_path("/dev/null", O_RDONLY), std::move(pipe.write_end),
                                      std::move(error_end)};
    if (settings_.gives_input) streams.input = Fd(::dup(STDIN_FILENO));
    const std::uint64_t kills_before = runtime::count_memory_kills(settings_.cgroup_folders);
    log_container(spec);
    const runtime::FileLock slot = settings_.slots ? settings_.slots->acquire(stop_) : runtime::FileLock();
    runtime::RunningContainer container =
        runner_.run(std::move(spec), std::move(streams), std::move(request.mount_sources));
    watch_sockets(container);
    OutputRelay output(std::move(pipe.read_end), std::move(errors.read_end), label, observer, settings_.secrets.get());
    RunResult result;
    WaitResult waited = wait_for(container, output, stop_, settings_.timeout);
    result.container = std::move(waited.container);
    result.timed_out = waited.timed_out;
    log_end(result.container);
    result.last_output = output.last();
    result.hit_memory_limit =
        runtime::count_memory_kills(settings_.cgroup_folders) > kills_before || result.container.memory_kills > 0;
    stop_.throw_if_stopped();
    if (const std::string notice = notice_of_network(); !notice.empty()) observer.notice(notice);
    if (copy)
        copy->root.collect(staged.diff_path(), overlay::CopiedFiles::given_away);
    else
        overlay::drop_needless_marks(staged.diff(), below);
    if (notes_owners_afterwards())
        give_new_files(staged.diff(), below,
                       find_user(request.user, request.users != nullptr ? *request.users : below));
    remove_mount_points(staged.diff(), result.container.made, below);
    if (copy) keep_copy(*std::move(copy), std::move(folders), staged, result.container);
    return result;
}

RunResult StepRunner::run_attached(RunRequest request, const WritableFolder& folder, runtime::Attachment& attachment) {
    runner_.require();
    const bool is_mounted = static_cast<bool>(request.mounted_root);
    if (!is_mounted) const overlay::UpperFolder upper(folder.upper, *request.view, folder.state);
    std::vector<std::string> folders = request.lower_folders;
    folders.insert(folders.begin(), folder.upper);
    const std::optional<StagedCopy> copy = is_mounted ? std::nullopt : copy_root(folders);
    const overlay::LayeredView& below = *request.view;
    std::set<std::string> older;
    if (notes_owners_afterwards()) older = paths_in(runtime::open_path(folder.upper, O_RDONLY | O_DIRECTORY));
    runtime::ContainerSpec spec = make_spec(request, folder);
    if (copy) spec.root.copy_folder = copy->root.root();
    join_network(spec, request);
    if (const std::string notice = take_notice(); !notice.empty()) std::cerr << notice << "\n";
    runtime::ContainerStreams streams{Fd(::dup(STDIN_FILENO)), Fd(::dup(STDOUT_FILENO)), Fd(::dup(STDERR_FILENO))};
    const std::uint64_t kills_before = runtime::count_memory_kills(settings_.cgroup_folders);
    log_container(spec);
    runtime::RunningContainer container =
        runner_.run(std::move(spec), std::move(streams), std::move(request.mount_sources));
    watch_sockets(container);
    RunResult result;
    result.container = attachment.wait(container);
    log_end(result.container);
    if (const std::string notice = notice_of_network(); !notice.empty()) std::cerr << notice << "\n";
    result.hit_memory_limit =
        runtime::count_memory_kills(settings_.cgroup_folders) > kills_before || result.container.memory_kills > 0;
    if (copy) {
        copy->root.merge_into(folder.upper, below, store_, overlay::CopiedFiles::given_away, result.container.made);
        result.container.made.clear();
    }
    if (notes_owners_afterwards())
        give_new_files(runtime::open_path(folder.upper, O_RDONLY | O_DIRECTORY), below,
                       find_user(request.user, request.users != nullptr ? *request.users : below), older);
    return result;
}

}  // namespace builder
