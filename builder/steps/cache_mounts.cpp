// RUN --mount=type=cache: the part of StepMounts that finds, makes and locks the folders of caches.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "builder/steps/bind_mount.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/steps/mount_points.hpp"
#include "builder/steps/run_mounts.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/selinux.hpp"

namespace builder {

using runtime::Fd;
using runtime::MountSpec;
using runtime::quoted;
using Type = MountRequest::Type;

void StepMounts::describe_cache(const Fd& folder, const MountRequest& mount) {
    int number = runtime::set_owner(folder, mount.uid.value_or(0), mount.gid.value_or(0));
    if (number == 0) number = runtime::set_mode(folder, mount.mode.value_or(0755));
    if (number != 0)
        throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot set owner and mode of a cache");
}

std::string StepMounts::cache_id(const MountRequest& mount) const {
    const std::string id = mount.id.empty() ? target_of(mount) : mount.id;
    const auto name_space = environment_.policy.build_arguments.find("BUILDKIT_CACHE_MOUNT_NS");
    if (name_space == environment_.policy.build_arguments.end() || name_space->second.empty()) return id;
    return name_space->second + "/" + id;
}

/// A new cache comes to be where no step sees it, and takes its place whole. Where another one was faster, that one is
/// taken.
void StepMounts::make_cache(const Mount& mount, const std::string& folder) {
    const layers::StagedLayer staged = environment_.store.staging().new_layer();
    describe_cache(staged.diff(), mount.request);
    if (mount.bound) {
        CopyPart part;
        part.source = mount.bound->source.get();
        part.place = part.source->view().resolve("/" + mount.bound->path);
        // The name of the cache speaks of what was digested: where that has changed, this throws.
        part.tree = mount.bound->tree;
        overlay::UpperFolder upper(staged.diff_path(), overlay::LayeredView({}, overlay::store_marks()));
        const CopyOptions options;
        CopyWriter(upper, options).copy(part, "/");
    }
    runtime::make_folders(environment_.store.location().root + "/cache-mounts", 0700);
    if (::renameat2(AT_FDCWD, staged.diff_path().c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE) != 0 &&
        errno != EEXIST)
        throw runtime::SystemError("cannot make the folder {}", quoted(folder));
}

/// Caches that begin differently are different caches, even under one name.
std::string StepMounts::cache_folder(const Mount& mount) const {
    const MountRequest& request = mount.request;
    const std::string beginning = fmt::format("{}:{}:{:o}:{}", request.uid.value_or(0), request.gid.value_or(0),
                                              request.mode.value_or(0755), mount.bound ? mount.bound->digest : "");
    const layers::Digest digest = layers::Digest::of(cache_id(request) + "\n" + beginning);
    return fmt::format("{}/cache-mounts/{}", environment_.store.location().root, digest.hex().substr(0, 32));
}

/// Not in the cache, where steps could lock it.
runtime::FileLock StepMounts::cache_lock(const std::string& folder) const {
    return environment_.store.locks().open("cache-" + folder.substr(folder.rfind('/') + 1));
}

/// Takes the locks of all caches that steps share, in one order, each once: two steps that want the same ones never
/// wait for each other, nor one for itself.
void StepMounts::lock_shared_caches() {
    using Kind = runtime::FileLock::Kind;
    std::map<std::string, Kind> wanted;
    for (const Mount& mount : mounts_) {
        const MountRequest& request = mount.request;
        if (request.type != Type::cache || request.sharing == MountRequest::Sharing::exclusive) continue;
        const Kind kind = request.sharing == MountRequest::Sharing::locked ? Kind::exclusive : Kind::shared;
        Kind& one = wanted.try_emplace(cache_folder(mount), kind).first->second;
        if (kind == Kind::exclusive) one = kind;
    }
    for (const auto& [folder, kind] : wanted) {
        runtime::FileLock lock = cache_lock(folder);
        lock.lock(kind, environment_.stop);
        locks_.insert_or_assign(folder, std::move(lock));
    }
}

/// The folder of a cache, locked as its sharing asks for.
std::string StepMounts::locked_cache(const Mount& mount) {
    const std::string first = cache_folder(mount);
    std::string folder = first;
    // Of a private one the first instance that nobody uses is ours.
    for (unsigned instance = 1; mount.request.sharing == MountRequest::Sharing::exclusive; ++instance) {
        runtime::FileLock lock = cache_lock(folder);
        if (lock.try_lock(runtime::FileLock::Kind::exclusive)) {
            locks_.insert_or_assign(folder, std::move(lock));
            break;
        }
        folder = fmt::format("{}.{}", first, instance);
    }
    if (::access(folder.c_str(), F_OK) != 0) make_cache(mount, folder);
    return folder;
}

void StepMounts::cache(const Mount& wanted, RunRequest& request) {
    const MountRequest& mount = wanted.request;
    MountSpec spec;
    spec.target = target_of(mount);
    spec.read_only = mount.is_read_only;
    spec.no_execute = mount.no_execute;
    spec.shifts_owners = true;
    const std::string folder = locked_cache(wanted);
    caches_.emplace_back(spec.target, folder);
    if (mount.changes_owner) give_to_user(folder);
    if (const std::string& label = environment_.runner.mount_label(); !label.empty())
        runtime::relabel(runtime::open_path(folder, O_RDONLY | O_DIRECTORY), ".", runtime::file_label_for(label, true));
    add_bind(request.mounts, request.mount_sources, folder, std::move(spec));
}

void StepMounts::take_stubs_away(const std::vector<runtime::MadePath>& made) const {
    using Kind = runtime::FileLock::Kind;
    for (const auto& [target, folder] : caches_) {
        const std::string start = target + "/";
        const auto is_in_it = [&](const runtime::MadePath& point) { return point.path.starts_with(start); };
        if (std::none_of(made.begin(), made.end(), is_in_it)) continue;
        const auto lock = locks_.find(folder);
        if (lock == locks_.end() || !lock->second.try_lock(Kind::exclusive)) continue;
        remove_mount_points_in(runtime::open_path(folder, O_RDONLY | O_DIRECTORY), target, made);
        // The step has ended: nobody need wait till its layer is made.
        lock->second.try_lock(Kind::shared);
    }
}

}  // namespace builder
