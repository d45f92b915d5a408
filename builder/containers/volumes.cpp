#include "builder/containers/volumes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "builder/containers/image_source.hpp"
#include "builder/containers/kept_volumes.hpp"
#include "builder/images/local_images.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/image_users.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/selinux.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::MountSpec;
using runtime::quoted;

/// How a volume is mounted; false for what is no option of that.
bool apply_mount_option(VolumeRequest& volume, const std::string& option) {
    using Propagation = MountSpec::Propagation;
    if (option == "ro" || option == "rw")
        volume.read_only = option == "ro";
    else if (option == "noexec" || option == "exec")
        volume.no_execute = option == "noexec";
    else if (option == "shared" || option == "rshared")
        volume.propagation = Propagation::both_ways;
    else if (option == "slave" || option == "rslave")
        volume.propagation = Propagation::from_host;
    else if (option == "private" || option == "rprivate" || option == "unbindable" || option == "runbindable")
        volume.propagation = Propagation::none;
    else
        // The others are how every volume is mounted.
        return option.empty() || option == "bind" || option == "rbind" || option == "nodev" || option == "nosuid";
    return true;
}

void apply_volume_option(VolumeRequest& volume, const std::string& option, const std::string& text) {
    if (option == "O")
        volume.is_overlay = true;
    else if (option == "U")
        volume.changes_owner = true;
    else if (option == "z" || option == "Z")
        volume.label = option == "z" ? VolumeRequest::Label::shared : VolumeRequest::Label::own;
    else if (!apply_mount_option(volume, option))
        throw Error("validating volumes: invalid option type \"{}\"", option)
            .with_hint("it is of --volume " + text)
            .with_hint("there are ro, rw, O, U, z, Z, noexec, private, rprivate, slave, rslave, shared and rshared");
}

/// Gives everything below a folder to a user; links are given, not followed.
void give_to(const Fd& folder, const std::string& name, uid_t uid, gid_t gid) {
    const runtime::WalkLevel level;
    if (const int number = runtime::set_owner_at(folder, name, uid, gid); number != 0)
        throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot change the owner of {}", quoted(name));
    const auto status = runtime::stat_at(folder, name);
    if (!status || !S_ISDIR(status->st_mode)) return;
    const Fd below = runtime::open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    for (const runtime::FolderEntry& entry : runtime::list_folder(below)) give_to(below, entry.name, uid, gid);
}

std::string absolute(const std::string& folder, const std::string& path) {
    return folder.empty() ? path_on_machine(path) : folder + absolute_path("/", path);
}

/// Images made for systemd have a volume in /sys: what is there is the container's, whatever the image says.
bool is_standard(const std::string& path) {
    const std::string whole = absolute_path("/", path) + "/";
    return whole.starts_with("/proc/") || whole.starts_with("/sys/") || whole == "/dev/";
}

/// Bind mounts out of this machine are mounts; what comes out of an image, and the other kinds, is as RUN has it.
bool is_host_bind(const MountRequest& mount) {
    return mount.type == MountRequest::Type::bind && mount.from.empty();
}

}  // namespace

VolumeRequest parse_volume(const std::string& text) {
    const std::vector<std::string_view> parts = runtime::split(text, ':');
    if (parts.size() < 2 || parts[0].empty())
        throw Error("validating volumes: incorrect volume format \"{}\", should be host-dir:ctr-dir[:option]", text);
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
        if (!parts[side].starts_with("/"))
            throw Error("validating volumes: invalid {} path \"{}\", must be an absolute path",
                        side == 0 ? "host" : "container", parts[side]);
    VolumeRequest volume;
    volume.source = parts[0];
    volume.target = parts[1];
    if (parts.size() >= 3)
        for (const std::string_view option : runtime::split(parts[2], ','))
            apply_volume_option(volume, std::string(option), text);
    return volume;
}

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

RunVolumes::RunVolumes(WorkingContainer& container, const ContainerRun& run, const runtime::Runner& runner,
                       const ImageFinder& images, runtime::StopSource& stop)
    : container_(container), run_(run) {
    std::vector<std::string> others;
    for (const std::string& text : run.mounts)
        if (!is_host_bind(parse_mount(text))) others.push_back(text);
    if (others.empty()) return;
    steps_ = std::make_unique<Steps>(container, runner, images, stop);
    mounts_ = std::make_unique<StepMounts>(steps_->environment, container.whole(), others, 0);
}

RunVolumes::~RunVolumes() = default;

void RunVolumes::add_volume(const VolumeRequest& volume, AskedBy asked_by, RunRequest& request) {
    const Fd place = runtime::open_path(volume.source, O_PATH);
    const bool is_folder = S_ISDIR(runtime::stat_of(place).st_mode);
    const bool is_copied = volume.is_private && (volume.changes_owner || (!is_folder && !volume.read_only));
    if (volume.changes_owner && !volume.is_private) {
        const runtime::ContainerUser user = find_user(request.user, *request.users);
        give_to(runtime::open_path("/", O_RDONLY | O_DIRECTORY), volume.source.substr(1), user.uid, user.gid);
    }
    // Without SELinux there is no label, which is what the option asks for then.
    if (volume.label != VolumeRequest::Label::none && !run_.settings.process_label.empty())
        runtime::relabel(
            runtime::open_path("/", O_RDONLY | O_DIRECTORY), volume.source.substr(1),
            runtime::file_label_for(run_.settings.process_label, volume.label != VolumeRequest::Label::own));
    MountSpec mount;
    mount.source_path = volume.source;
    mount.target = volume.target;
    mount.from_caller = asked_by == AskedBy::caller;
    mount.read_only = volume.read_only;
    mount.no_execute = volume.no_execute;
    mount.propagation = volume.propagation;
    mount.is_folder = is_folder;
    if (volume.is_overlay && !is_folder)
        throw Error("--volume {}: only a folder can be overlaid", quoted(volume.source));
    if (!is_copied && (volume.is_overlay || (volume.is_private && !volume.read_only))) {
        layers::StagedLayer& staged = new_place();
        mount.kind = MountSpec::Kind::layers;
        mount.layers = {{volume.source}, staged.diff_path(), staged.work_path(), overlay::has_user_marks()};
        if (container_.store().driver() == overlay::Driver::copies) copy_layers(mount.layers, staged);
    } else {
        if (is_copied) mount.source_path = copy_of(volume, request);
        mount.source = static_cast<std::uint32_t>(request.mount_sources.size());
        const Fd shown = is_copied ? runtime::open_path(mount.source_path, O_PATH) : place.duplicate();
        request.mount_sources.push_back(runtime::hold_tree(shown, true));
    }
    request.mounts.push_back(std::move(mount));
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

/// Below all others: what is mounted over a volume or in it is seen.
void RunVolumes::add_kept_volumes(RunRequest& request) {
    const std::vector<MountSpec> others = std::exchange(request.mounts, {});
    for (const std::string& path : container_.state().config.config.volumes) {
        const bool is_taken =
            std::any_of(others.begin(), others.end(), [&](const MountSpec& mount) { return mount.target == path; });
        if (!is_taken && path.starts_with("/") && !is_standard(path))
            add_volume({kept_volume(container_, path), path, false, false, false}, AskedBy::image, request);
    }
    request.mounts.insert(request.mounts.end(), others.begin(), others.end());
}

void RunVolumes::apply(RunRequest& request) {
    for (const std::string& text : run_.volumes) add_volume(parse_volume(text), AskedBy::caller, request);
    for (const std::string& text : run_.mounts) {
        const MountRequest mount = parse_mount(text);
        if (!is_host_bind(mount)) continue;
        if (mount.target.empty()) throw Error("--mount={}: target is missing", text).with_hint("add target=/path");
        VolumeRequest volume;
        volume.source = absolute(run_.context_folder, mount.source);
        volume.target = absolute_path(request.working_directory, mount.target);
        volume.read_only = mount.is_read_only;
        volume.changes_owner = mount.changes_owner;
        volume.no_execute = mount.no_execute;
        volume.is_private = true;
        add_volume(volume, AskedBy::caller, request);
    }
    if (mounts_) mounts_->apply(request);
    add_kept_volumes(request);
}

}  // namespace builder
