#include "builder/steps/run_mounts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "builder/steps/bind_mount.hpp"
#include "builder/steps/ca_certificates.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/steps/mount_points.hpp"
#include "builder/syntax/cache_presets.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/selinux.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::MountSpec;
using runtime::quoted;
using Type = MountRequest::Type;

bool has_name(const std::vector<std::string>& environment, const std::string& name) {
    return std::any_of(environment.begin(), environment.end(),
                       [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

bool belongs_to_root(const SourceNode& tree) {
    return tree.uid == 0 && tree.gid == 0 && std::all_of(tree.children.begin(), tree.children.end(), belongs_to_root);
}

std::string state_of(const SourceNode& tree) {
    layers::Hasher hasher;
    digest_state(tree, hasher);
    return hasher.finish().text();
}

}  // namespace

StepMounts::StepMounts(StepEnvironment& environment, const StageState& state, const std::vector<std::string>& texts,
                       std::size_t stage, std::string working_directory)
    : environment_(environment), state_(state), stage_(stage), working_directory_(std::move(working_directory)) {
    if (working_directory_.empty()) working_directory_ = state.config.config.working_dir;
    for (const std::string& text : texts) {
        const MountRequest asked = parse_mount(expand_in_stage(state, text, environment.escape));
        const auto find = [&](std::string_view name) { return state.variables.get(name); };
        for (MountRequest& request : expand_cache_preset(asked, find)) add_mount(std::move(request));
        for (std::string& variable : preset_environment(asked, find)) preset_variables_.push_back(std::move(variable));
    }
}

void StepMounts::add_mount(MountRequest request) {
    Mount mount{std::move(request), std::nullopt};
    const bool begins_with = mount.request.type == Type::cache && !mount.request.from.empty();
    if (mount.request.type == Type::bind || begins_with) mount.bound = find_bound(mount.request);
    mounts_.push_back(std::move(mount));
}

std::string StepMounts::target_of(const MountRequest& mount) const {
    std::string target = absolute_path(working_directory_.empty() ? "/" : working_directory_, mount.target);
    if (target == "/")
        throw Error("a mount cannot take the place of the root")
            .with_hint(mount.target.empty() ? "target= is missing: add target=/path" : "");
    return target;
}

StepMounts::Bound StepMounts::find_bound(const MountRequest& mount) {
    Bound bound;
    bound.source = mount.from.empty() ? environment_.context.source : environment_.find_source(mount.from, stage_);
    if (!bound.source) throw Error("there is no context to mount from");
    const overlay::ResolvedPath place = bound.source->view().resolve(mount.source);
    if (!place.entry)
        throw Error("the source {} of a mount is not in {}", quoted(mount.source), bound.source->what())
            .with_hint(mount.from.empty() ? "source= is relative to the context" : "");
    bound.path = place.path;
    bound.is_folder = place.entry->is_folder();
    bound.tree = bound.source->scan(place, bound.source->filter(), environment_.store);
    bound.digest = digest_tree(bound.tree, {bound.source->keeps_owners(), true}).text();
    bound.is_roots = belongs_to_root(bound.tree);
    bound.state = state_of(bound.tree);
    return bound;
}

bool StepMounts::has_changed(const Bound& bound) const {
    // Nobody writes to what is in the store.
    if (bound.source->keeps_owners()) return false;
    const overlay::ResolvedPath place = bound.source->view().resolve("/" + bound.path);
    if (!place.entry || state_of(bound.source->look(place, bound.source->filter())) != bound.state) return true;
    // Of a file that was young its times do not tell.
    if (!any_node(bound.tree, [](const SourceNode& node) { return !node.is_settled; })) return false;
    const SourceNode now = bound.source->scan(place, bound.source->filter(), environment_.store);
    return digest_tree(now, {false, true}).text() != bound.digest;
}

bool StepMounts::sources_changed() const {
    return shows_changes_ || std::any_of(mounts_.begin(), mounts_.end(), [this](const Mount& mount) {
               return mount.bound && has_changed(*mount.bound);
           });
}

void StepMounts::add_to_key(KeyBuilder& key) const {
    for (const Mount& mount : mounts_) {
        key.add("mount", mount.request.settings);
        if (mount.bound) key.add("content of mount " + mount.request.target, mount.bound->digest);
    }
    for (const std::string& variable : preset_variables_) key.add("variable of a cache preset", variable);
}

std::vector<ReadTree> StepMounts::read_trees() const {
    std::vector<ReadTree> trees;
    for (const Mount& mount : mounts_)
        if (mount.bound)
            trees.push_back({"content of mount " + mount.request.target, mount.bound->path, &mount.bound->tree,
                             mount.bound->source->keeps_owners()});
    return trees;
}

/// What is written is seen by this step alone and then thrown away.
void StepMounts::add_throwaway_upper(MountSpec& spec) {
    auto staged = std::make_unique<layers::StagedLayer>(environment_.store.staging().new_layer());
    spec.layers.upper_folder = staged->diff_path();
    spec.layers.work_folder = staged->work_path();
    temporary_.push_back(std::move(staged));
}

void StepMounts::shield(const std::string& folder, RunRequest& request) {
    const overlay::ResolvedPath place = state_.view().resolve(folder);
    if (!place.entry || !place.entry->is_folder()) return;
    MountSpec spec;
    spec.kind = MountSpec::Kind::layers;
    spec.target = folder;
    spec.layers.lower_folders = state_.lower_folders();
    spec.layers.user_xattrs = overlay::has_user_marks();
    spec.path_in_layers = place.path;
    add_throwaway_upper(spec);
    copy_where_nothing_stacks(spec);
    request.mounts.push_back(std::move(spec));
}

void StepMounts::add_volume(const VolumeRequest& volume, RunRequest& request) {
    const Fd place = runtime::open_path(volume.source, O_PATH);
    const bool is_folder = S_ISDIR(runtime::stat_of(place).st_mode);
    if (volume.is_overlay && !is_folder)
        throw Error("--volume {}: only a folder can be overlaid", quoted(volume.source));
    if (volume.changes_owner) {
        const CopyOwner owner = step_user();
        builder::give_to_user(volume.source, owner.uid, owner.gid);
    }
    MountSpec spec;
    spec.target = volume.target;
    spec.from_caller = true;
    spec.read_only = volume.read_only;
    spec.no_execute = volume.no_execute;
    spec.propagation = volume.propagation;
    spec.is_folder = is_folder;
    if (!volume.is_overlay) return add_bind(request.mounts, request.mount_sources, volume.source, std::move(spec));
    clear_work_folder(volume);
    spec.kind = MountSpec::Kind::layers;
    spec.layers.lower_folders = {volume.source};
    spec.layers.user_xattrs = overlay::has_user_marks();
    spec.layers.upper_folder = volume.upper_folder;
    spec.layers.work_folder = volume.work_folder;
    if (volume.upper_folder.empty()) add_throwaway_upper(spec);
    copy_where_nothing_stacks(spec);
    request.mounts.push_back(std::move(spec));
}

void StepMounts::copy_where_nothing_stacks(MountSpec& spec) {
    if (environment_.store.driver() == overlay::Driver::overlayfs) return;
    temporary_.push_back(std::make_unique<layers::StagedLayer>(environment_.store.staging().new_layer()));
    copy_layers(spec.layers, *temporary_.back());
}

CopyOwner StepMounts::step_user() const {
    const runtime::ContainerUser user = find_user(state_.config.config.user, state_.view());
    return {user.uid, user.gid};
}

/// A cache with the option U belongs to the user of the step, with all that is in it.
void StepMounts::give_to_user(const std::string& folder) const {
    const CopyOwner owner = step_user();
    const Fd root = runtime::open_path(folder, O_RDONLY | O_DIRECTORY);
    const auto give = [&](const Fd& parent, const std::string& name) {
        if (const int number = runtime::set_owner_at(parent, name, owner.uid, owner.gid); number != 0)
            throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot give {} to the user of the step",
                                       quoted(name));
    };
    runtime::visit_tree(root, [&](const Fd& parent, const runtime::FolderEntry& entry) { give(parent, entry.name); });
    give(root, ".");
}

/// The part of a source that its ignore file leaves, for a mount must not show what a COPY cannot reach; or all of it,
/// given to the user of the step.
std::string StepMounts::own_copy(const Bound& bound, bool for_user) {
    auto staged = std::make_unique<layers::StagedLayer>(environment_.store.staging().new_layer());
    CopyPart part;
    part.source = bound.source.get();
    part.place = bound.source->view().resolve(bound.path);
    part.tree = bound.tree;
    part.name = "content";
    overlay::UpperFolder upper(staged->diff_path(), overlay::LayeredView({}, overlay::store_marks()));
    CopyOptions options;
    options.takes_changes = true;
    if (for_user) options.owner = step_user();
    CopyWriter writer(upper, options);
    writer.copy_itself(part, bound.is_folder ? "/content/" : "/content");
    shows_changes_ = shows_changes_ || writer.has_changes();
    temporary_.push_back(std::move(staged));
    return temporary_.back()->diff_path();
}

void StepMounts::bind(const Mount& wanted, RunRequest& request) {
    const MountRequest& mount = wanted.request;
    const Bound& bound = wanted.bound.value();
    MountSpec spec;
    spec.kind = MountSpec::Kind::layers;
    spec.target = target_of(mount);
    spec.read_only = mount.is_read_only;
    spec.no_execute = mount.no_execute;
    const bool is_in_store = bound.source->keeps_owners();
    // What lies in a context belongs to root in every step, whoever owns it here.
    const bool has_other_owners = !is_in_store && (!bound.is_roots || environment_.runner.gives_own_users());
    const bool copied = bound.source->filter() || mount.changes_owner || has_other_owners;
    // What is shown itself can change while the step runs.
    if (!copied && !is_in_store && any_node(bound.tree, [](const SourceNode& node) { return node.has_writers; }))
        shows_changes_ = true;
    spec.layers.lower_folders = copied ? std::vector{own_copy(bound, mount.changes_owner)} : bound.source->folders();
    spec.path_in_layers = copied ? "content" : bound.path;
    spec.layers.user_xattrs = overlay::has_user_marks();
    if (!mount.is_read_only) add_throwaway_upper(spec);
    // A single folder need not be an overlay, unless that shows the files with another label.
    if (environment_.runner.mount_label().empty() && mount.is_read_only && spec.layers.lower_folders.size() == 1) {
        const Fd root = runtime::open_path(spec.layers.lower_folders.front(), O_PATH | O_DIRECTORY);
        const Fd place = runtime::open_in_root(root, spec.path_in_layers, O_PATH);
        MountSpec bound_spec = std::move(spec);
        bound_spec.kind = MountSpec::Kind::bind;
        bound_spec.layers = {};
        bound_spec.path_in_layers.clear();
        bound_spec.shifts_owners = copied || is_in_store;
        return add_bind(request.mounts, request.mount_sources, runtime::fd_path(place), std::move(bound_spec));
    }
    copy_where_nothing_stacks(spec);
    request.mounts.push_back(std::move(spec));
}

void StepMounts::secret(const MountRequest& mount, RunRequest& request) {
    const auto known = environment_.policy.secrets.find(mount.id);
    if (known == environment_.policy.secrets.end()) {
        if (mount.is_required)
            throw Error("secret required but no secret with id \"{}\" found", mount.id)
                .with_hint(fmt::format("pass --secret id={},src=FILE", mount.id));
        return;
    }
    if (mount.environment_name) {
        request.environment.push_back(*mount.environment_name + "=" + known->second);
        if (mount.target.empty()) return;
    }
    MountSpec spec;
    spec.kind = MountSpec::Kind::content;
    spec.target = mount.target.empty() ? "/run/secrets/" + mount.id : target_of(mount);
    spec.read_only = true;
    spec.is_folder = false;
    spec.mode = mount.mode.value_or(0400);
    spec.uid = mount.uid.value_or(0);
    spec.gid = mount.gid.value_or(0);
    spec.content = known->second;
    request.mounts.push_back(std::move(spec));
}

void StepMounts::ssh(const MountRequest& mount, RunRequest& request) {
    const std::string id = mount.id.empty() ? "default" : mount.id;
    const auto agent = environment_.policy.ssh_agents.find(id);
    if (agent == environment_.policy.ssh_agents.end()) {
        if (mount.is_required)
            throw Error("ssh required but no ssh with id {} found", id).with_hint("pass --ssh default");
        return;
    }
    const std::string target =
        mount.target.empty() ? fmt::format("/run/buildkit/ssh_agent.{}", proxies_.size()) : target_of(mount);
    MountSpec spec;
    spec.target = target;
    if (agent->second.is_raw) {
        add_bind(request.mounts, request.mount_sources, agent->second.path, std::move(spec));
    } else {
        const SshProxy::Socket socket{environment_.store.staging().new_path(), mount.uid.value_or(0),
                                      mount.gid.value_or(0), mount.mode.value_or(0600)};
        proxies_.push_back(std::make_unique<SshProxy>(socket, agent->second.path));
        add_bind(request.mounts, request.mount_sources, socket.path, std::move(spec));
    }
    if (!has_name(request.environment, "SSH_AUTH_SOCK")) request.environment.push_back("SSH_AUTH_SOCK=" + target);
}

void StepMounts::memory(const MountRequest& mount, RunRequest& request) {
    MountSpec spec;
    spec.target = target_of(mount);
    spec.no_execute = mount.no_execute;
    spec.read_only = mount.is_read_only;
    const overlay::ResolvedPath place = state_.view().resolve(spec.target);
    if (mount.copies_up && place.entry && place.entry->is_folder()) {
        // What lies there is seen, and what is written there goes: no copy is needed for that.
        shield(spec.target, request);
        return;
    }
    spec.kind = MountSpec::Kind::tmpfs;
    spec.size_bytes = mount.size_bytes.value_or(0);
    spec.mode = mount.mode.value_or(01777);
    const CopyOwner owner = mount.changes_owner ? step_user() : CopyOwner{};
    spec.uid = mount.uid.value_or(owner.uid);
    spec.gid = mount.gid.value_or(owner.gid);
    request.mounts.push_back(std::move(spec));
}

void StepMounts::apply(RunRequest& request) {
    lock_shared_caches();
    for (const Mount& wanted : mounts_) {
        const MountRequest& mount = wanted.request;
        switch (mount.type) {
            case Type::bind:
                bind(wanted, request);
                break;
            case Type::cache:
                cache(wanted, request);
                break;
            case Type::secret:
                secret(mount, request);
                break;
            case Type::ssh:
                ssh(mount, request);
                break;
            case Type::tmpfs:
                memory(mount, request);
                break;
        }
    }
    request.environment.insert(request.environment.end(), preset_variables_.begin(), preset_variables_.end());
    if (!environment_.policy.ca_certificates.empty())
        add_ca_certificates(environment_.policy.ca_certificates, state_, request);
}

}  // namespace builder
