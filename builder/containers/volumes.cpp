#include "builder/containers/volumes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "builder/containers/image_source.hpp"
#include "builder/images/local_images.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/image_users.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/selinux.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::MountSpec;
using runtime::quoted;

std::string absolute(const std::string& folder, const std::string& path) {
    return folder.empty() ? path_on_machine(path) : folder + absolute_path("/", path);
}

/// Bind mounts out of this machine are mounts; what comes out of an image, and the other kinds, is as RUN has it.
bool is_host_bind(const MountRequest& mount) {
    return mount.type == MountRequest::Type::bind && mount.from.empty();
}

VolumeRequest volume_of(const MountRequest& mount, const std::string& target, const std::string& context_folder) {
    VolumeRequest volume;
    volume.source = absolute(context_folder, mount.source);
    volume.target = target;
    volume.read_only = mount.is_read_only;
    volume.changes_owner = mount.changes_owner;
    volume.no_execute = mount.no_execute;
    volume.is_private = true;
    return volume;
}

/// A mount of `run` says what type it is of and where it goes; secrets and agents are given to builds only.
void require_mount_of_run(const std::string& text) {
    const auto fields = runtime::split(text, ',');
    const auto type = std::find_if(fields.begin(), fields.end(), [](auto one) { return one.starts_with("type="); });
    if (type == fields.end() || fields.size() < 2)
        throw Error(
            "\"{}\": incorrect mount format: should be --mount "
            "type=<bind|tmpfs>,[src=<host-dir>,]target=<ctr-dir>[,options]",
            text)
            .with_hint("the type is bind, tmpfs or cache");
    if (const auto name = type->substr(5); name != "bind" && name != "tmpfs" && name != "cache")
        throw Error("invalid filesystem type \"{}\"", name).with_hint("run mounts bind, tmpfs and cache");
    if (parse_mount(text).target.empty()) throw Error("must set volume destination").with_hint("add target=/path");
}

}  // namespace

/// What StepMounts asks for: the steps' surroundings, with this machine as the context.
struct RunVolumes::Steps {
    BuildContext context{std::make_shared<const CopySource>(std::vector<std::string>{"/"}, false, "this machine"),
                         nullptr};
    StderrObserver observer;
    LayerSealer sealer;
    StepRunner runner;
    SourceFetcher fetcher;
    StepPolicy policy{.use_cache = false};
    StepEnvironment environment;

    Steps(WorkingContainer& container, const runtime::Runner& runs, const ImageFinder& images,
          runtime::StopSource& stop)
        : sealer(container.store(), 1, {{}, false}),
          runner(container.store(), runs, {}, stop),
          fetcher([&container]() -> layers::Store& { return container.store(); }, {}, {}, stop),
          environment{.policy = policy,
                      .store = container.store(),
                      .sealer = sealer,
                      .runner = runner,
                      .observer = observer,
                      .stop = stop,
                      .context = context,
                      .fetcher = fetcher,
                      .find_source = [&container, images](const std::string& name, std::size_t) {
                          return open_container_or_image(container.store(), name, "", images);
                      }} {}
};

RunVolumes::RunVolumes(WorkingContainer& container, const ContainerRun& run, const std::string& working_directory,
                       const runtime::Runner& runner, const ImageFinder& images, runtime::StopSource& stop)
    : container_(container), run_(run) {
    std::vector<std::string> others;
    for (const std::string& text : run.mounts) {
        require_mount_of_run(text);
        if (!is_host_bind(parse_mount(text))) others.push_back(text);
    }
    if (others.empty()) return;
    steps_ = std::make_unique<Steps>(container, runner, images, stop);
    mounts_ = std::make_unique<StepMounts>(steps_->environment, container.whole(), others, 0, working_directory);
}

RunVolumes::~RunVolumes() = default;

void RunVolumes::add_volume(const VolumeRequest& volume, RunRequest& request) {
    const Fd place = runtime::open_path(volume.source, O_PATH);
    const bool is_folder = S_ISDIR(runtime::stat_of(place).st_mode);
    const bool is_copied = volume.is_private && (volume.changes_owner || (!is_folder && !volume.read_only));
    if (volume.changes_owner && !volume.is_private) {
        const runtime::ContainerUser user = find_user(request.user, *request.users);
        give_to_user(volume.source, user.uid, user.gid);
    }
    // Without SELinux there is no label, which is what the option asks for then.
    if (volume.label != VolumeRequest::Label::none && !run_.settings.process_label.empty())
        runtime::relabel(
            runtime::open_path("/", O_RDONLY | O_DIRECTORY), volume.source.substr(1),
            runtime::file_label_for(run_.settings.process_label, volume.label != VolumeRequest::Label::own));
    MountSpec mount;
    mount.source_path = volume.source;
    mount.target = volume.target;
    mount.from_caller = true;
    mount.read_only = volume.read_only;
    mount.no_execute = volume.no_execute;
    mount.propagation = volume.propagation;
    mount.is_folder = is_folder;
    if (volume.is_overlay && !is_folder)
        throw Error("--volume {}: only a folder can be overlaid", quoted(volume.source));
    if (!is_copied && (volume.is_overlay || (volume.is_private && !volume.read_only))) {
        mount.kind = MountSpec::Kind::layers;
        mount.layers = overlay_of(volume);
    } else {
        if (is_copied) mount.source_path = copy_of(volume, request);
        mount.source = static_cast<std::uint32_t>(request.mount_sources.size());
        const Fd shown = is_copied ? runtime::open_path(mount.source_path, O_PATH) : place.duplicate();
        request.mount_sources.push_back(runtime::hold_tree(shown, true));
    }
    request.mounts.push_back(std::move(mount));
}

/// The source below, and above it a folder for what is written: the caller's, else one that goes with the run.
runtime::RootSpec RunVolumes::overlay_of(const VolumeRequest& volume) {
    const bool copies = container_.store().driver() == overlay::Driver::copies;
    if (!volume.upper_folder.empty()) {
        if (copies) throw Error("--volume {}: upperdir needs overlayfs, which is not used here", quoted(volume.source));
        clear_work_folder(volume);
        return {{volume.source}, volume.upper_folder, volume.work_folder, overlay::has_user_marks()};
    }
    layers::StagedLayer& staged = new_place();
    runtime::RootSpec root{{volume.source}, staged.diff_path(), staged.work_path(), overlay::has_user_marks()};
    if (copies) copy_layers(root, staged);
    return root;
}

layers::StagedLayer& RunVolumes::new_place() {
    temporary_.push_back(std::make_unique<layers::StagedLayer>(container_.store().staging().new_layer()));
    return *temporary_.back();
}

/// The path of a copy of the source, which the command may change or which belongs to its user.
std::string RunVolumes::copy_of(const VolumeRequest& volume, const RunRequest& request) {
    const CopySource machine({"/"}, true, "this machine");
    CopyPart part;
    part.source = &machine;
    part.place = machine.view().resolve(volume.source);
    part.tree = machine.look(part.place, nullptr);
    part.name = "content";
    CopyOptions options;
    if (volume.changes_owner) {
        const runtime::ContainerUser user = find_user(request.user, *request.users);
        options.owner = CopyOwner{user.uid, user.gid};
    }
    layers::StagedLayer& staged = new_place();
    overlay::UpperFolder upper(staged.diff_path(), overlay::LayeredView({}, overlay::store_marks()));
    CopyWriter(upper, options).copy_itself(part, part.tree.is_folder() ? "/content/" : "/content");
    return staged.diff_path() + "/content";
}

/// Those of the command, which must not stand in each other's place, behind those of the container.
std::vector<VolumeRequest> RunVolumes::wanted_volumes(const RunRequest& request) const {
    std::vector<VolumeRequest> own;
    std::vector<std::string> targets;
    for (const std::string& text : run_.volumes) own.push_back(parse_volume(text));
    for (const std::string& text : run_.mounts) {
        const MountRequest mount = parse_mount(text);
        targets.push_back(absolute_path(request.working_directory, mount.target));
        if (is_host_bind(mount)) own.push_back(volume_of(mount, targets.back(), run_.context_folder));
    }
    for (const std::string& text : run_.volumes) targets.push_back(absolute_path("/", parse_volume(text).target));
    require_different_targets(targets);
    std::vector<VolumeRequest> wanted;
    for (const std::string& text : run_.kept_volumes) {
        VolumeRequest volume = parse_volume(text);
        if (std::find(targets.begin(), targets.end(), volume.target) == targets.end())
            wanted.push_back(std::move(volume));
    }
    std::move(own.begin(), own.end(), std::back_inserter(wanted));
    return wanted;
}

void RunVolumes::apply(RunRequest& request) {
    for (const VolumeRequest& volume : wanted_volumes(request)) add_volume(volume, request);
    if (mounts_) mounts_->apply(request);
}

}  // namespace builder
