#include "builder/containers/container_run.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "builder/containers/container_mount.hpp"
#include "builder/containers/running.hpp"
#include "builder/containers/volumes.hpp"
#include "builder/images/local_images.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/steps/run_mounts.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"

namespace builder {
namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool has_variable(const std::vector<std::string>& environment, const std::string& name) {
    for (const std::string& text : environment)
        if (text.starts_with(name + "=")) return true;
    return false;
}

std::vector<std::string> environment_of(const ContainerState& state, const ContainerRun& run) {
    Variables variables = Variables::from_environment(state.config.config.env);
    for (const std::string& text : run.environment) {
        const auto equals = text.find('=');
        variables.set(text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1));
    }
    std::vector<std::string> environment = variables.as_environment();
    if (!has_variable(environment, "PATH"))
        environment.insert(environment.begin(), fmt::format("PATH={}", default_path));
    if (!has_variable(environment, "HOSTNAME"))
        environment.push_back(fmt::format("HOSTNAME={}", run.settings.hostname));
    if (run.terminal && !has_variable(environment, "TERM")) environment.emplace_back("TERM=xterm");
    return environment;
}

/// Made where the image lacks it.
void make_folder(WorkingContainer& container, const std::string& path, const runtime::Owner& owner) {
    const overlay::ResolvedPath place = container.whole().view().resolve(path);
    if (!place.entry) container.upper().open_folder(place.path, {0755, owner.uid, owner.gid});
}

/// Images made for systemd have a volume in /sys: what is there is the container's, whatever the image says.
bool is_standard(const std::string& path) {
    const std::string whole = absolute_path("/", path) + "/";
    return whole.starts_with("/proc/") || whole.starts_with("/sys/") || whole == "/dev/";
}

/// The working directory belongs to the user of the command. What is written to a volume is the container's, as all
/// else.
void make_folders(WorkingContainer& container, const RunRequest& request) {
    make_folder(container, request.working_directory, find_owner(request.user, container.whole().view()));
    for (const std::string& path : container.state().config.config.volumes)
        if (path.starts_with("/") && !is_standard(path)) make_folder(container, path, {0, 0});
}

RunRequest make_request(WorkingContainer& container, const ContainerRun& run) {
    const ContainerState& state = container.state();
    RunRequest request;
    request.arguments = run.command;
    request.environment = environment_of(state, run);
    const std::string& given = run.working_directory;
    request.working_directory = absolute_path("/", given.empty() ? state.config.config.working_dir : given);
    request.user = run.user.empty() ? state.config.config.user : run.user;
    request.network = run.network;
    request.lower_folders = container.below().lower_folders();
    request.view = &container.below().view();
    request.users = &container.whole().view();
    request.terminal = run.terminal;
    return request;
}

}  // namespace

RunResult run_in_container(WorkingContainer& container, const runtime::Runner& runner, runtime::Attachment& attachment,
                           const ContainerRun& run, const ImageFinder& images, runtime::StopSource& stop) {
    layers::Store& store = container.store();
    RunRequest request = make_request(container, run);
    make_folders(container, request);
    RunVolumes volumes(container, run, request.working_directory, runner, images, stop);
    volumes.apply(request);
    RunSettings settings = run.settings;
    settings.namespaces = choose_namespaces(store, run.namespaces);
    container.enter();
    if (!container.mount_point().empty())
        request.mounted_root =
            runtime::hold_tree(runtime::open_path(container.mount_point(), O_PATH | O_DIRECTORY), false);
    else if (container.root_of_others())
        request.mounted_root = container.root_of_others()->duplicate();
    const std::string work = container.record().folder + "/work";
    if (!request.mounted_root) make_fresh_work_folder(work);
    const runtime::Fd own = runtime::open_path(container.record().diff_path(), O_RDONLY | O_DIRECTORY);
    const WritableFolder folder{container.record().diff_path(), work, state_of_upper(own)};
    std::optional<RunningNote> note;
    attachment.on_start = [&](const runtime::Fd& process) { note.emplace(store, container.record().id, process); };
    attachment.on_set_up = [&] { container.let_others_in(); };
    if (store.driver() == overlay::Driver::copies && container.mount_point().empty())
        attachment.on_end = [&] { container.keep_others_out(); };
    StepRunner steps(store, runner, std::move(settings), stop);
    RunResult result = steps.run_attached(std::move(request), folder, attachment);
    container.remove_mount_points(result.container.made);
    return result;
}

runtime::ContainerSpec describe_run(WorkingContainer& container, const ContainerRun& run, const ImageFinder& images,
                                    runtime::StopSource& stop) {
    RunRequest request = make_request(container, run);
    const runtime::Runner nobody = runtime::Runner::none();
    RunVolumes volumes(container, run, request.working_directory, nobody, images, stop);
    volumes.apply(request);
    RunSettings settings = run.settings;
    settings.namespaces = choose_namespaces(container.store(), run.namespaces);
    if (!settings.namespaces.sources.empty())
        throw runtime::Error("namespaces of others cannot be described")
            .with_hint("leave container: and ns: out of the container's flags");
    return StepRunner(container.store(), nobody, std::move(settings), stop).describe(std::move(request));
}

}  // namespace builder
