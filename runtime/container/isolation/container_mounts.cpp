#include "runtime/container/isolation/container_mounts.hpp"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/mount_targets.hpp"
#include "runtime/container/isolation/root_mount.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {
namespace {

unsigned attributes_of(const MountSpec& mount) {
    return MOUNT_ATTR_NOSUID | (mount.has_devices ? 0U : MOUNT_ATTR_NODEV) |
           (mount.read_only ? MOUNT_ATTR_RDONLY : 0U) | (mount.no_execute ? MOUNT_ATTR_NOEXEC : 0U);
}

std::uint64_t propagation_of(const MountSpec& mount) {
    switch (mount.propagation) {
        case MountSpec::Propagation::from_host:
            return MS_SLAVE;
        case MountSpec::Propagation::both_ways:
            return MS_SHARED;
        default:
            return MS_PRIVATE;
    }
}

/// A copy of a mount that is shared is shared too, so that what happens there would show here.
Fd bind_tree(SetupState& state, const MountSpec& mount) {
    Fd tree = state.mount_sources.at(mount.source).duplicate();
    if (mount.shifts_owners && state.spec.own_users)
        shift_owners(tree, state.mount_sources.at(state.spec.own_users->source));
    set_mount_attributes(tree, attributes_of(mount), true, propagation_of(mount));
    return tree;
}

/// A mount that is made here is attached to the scratch folder first: only what is attached can be copied in part.
/// What stays there vanishes with the old root.
Fd attach_to_scratch(SetupState& state, const Fd& mount) {
    attach_mount(mount, open_path(state.scratch_folder, O_PATH | O_DIRECTORY));
    return open_path(state.scratch_folder, O_RDONLY | O_DIRECTORY);
}

Fd layers_tree(SetupState& state, const MountSpec& mount) {
    const Fd place =
        attach_to_scratch(state, mount_root(mount.layers, state.spec.empty_folder, state.spec.mount_label));
    const Fd part = open_in_root(place, mount.path_in_layers, O_PATH);
    Fd tree = clone_mount(part, false);
    set_mount_attributes(tree, attributes_of(mount), false);
    return tree;
}

/// Where there is one ID for all, the owner is noted if the file system takes notes (tmpfs: Linux 6.6); rights do not
/// depend on it there.
void give(const ContainerSpec& spec, const MountSpec& mount, const Fd& file) {
    if (spec.single_user) keep_owners_aside(true);
    const int number = set_owner(file, user_outside(spec, mount.uid), group_outside(spec, mount.gid));
    if (number != 0 && !spec.single_user) throw SystemError(SystemError::Number{number}, "cannot set the owner");
}

Fd content_tree(SetupState& state, const MountSpec& mount) {
    FilesystemContext memory("tmpfs");
    memory.set("mode", "700");
    give_label(memory, state.spec);
    const Fd folder = attach_to_scratch(state, memory.mount(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
    const Fd file = open_at(folder, "content", O_RDWR | O_CREAT | O_EXCL, 0600);
    write_all(file, mount.content, mount.target);
    give(state.spec, mount, file);
    if (::fchmod(file.get(), mount.mode) != 0) throw SystemError("cannot set the mode");
    Fd tree = clone_mount(open_at(folder, "content", O_PATH), false);
    set_mount_attributes(tree, attributes_of(mount), false);
    return tree;
}

Fd tmpfs_tree(const SetupState& state, const MountSpec& mount) {
    FilesystemContext tmpfs("tmpfs");
    tmpfs.set("mode", fmt::format("{:o}", mount.mode));
    give_label(tmpfs, state.spec);
    if (!state.spec.single_user && (mount.uid != 0 || mount.gid != 0))
        tmpfs.set("uid", fmt::format("{}", user_outside(state.spec, mount.uid)))
            .set("gid", fmt::format("{}", group_outside(state.spec, mount.gid)));
    if (mount.size_bytes > 0) tmpfs.set("size", fmt::format("{}", mount.size_bytes));
    Fd tree = tmpfs.mount(attributes_of(mount));
    if (state.spec.single_user && !mount.read_only) give(state.spec, mount, tree);
    return tree;
}

}  // namespace

void give_label(FilesystemContext& files, const ContainerSpec& spec) {
    if (!spec.mount_label.empty()) files.set("context", spec.mount_label);
}

bool is_proc(const Fd& file) {
    struct statfs status {};
    return ::fstatfs(file.get(), &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

void mount_the_root(SetupState& state) {
    const Fd mount = state.spec.root_source
                         ? state.mount_sources.at(*state.spec.root_source).duplicate()
                         : mount_root(state.spec.root, state.spec.stub_folder, state.spec.mount_label);
    // A copy of a mount that is shared, as all are where systemd runs, would show its owner what is mounted here.
    set_mount_attributes(mount, 0, true, MS_PRIVATE);
    const Fd place = open_path(state.spec.mount_point, O_PATH | O_DIRECTORY);
    attach_mount(mount, place);
    state.root = open_path(state.spec.mount_point, O_PATH | O_DIRECTORY);
}

Fd mount_place(SetupState& state, const std::string& path, bool is_folder) {
    return make_in_root(state.root, path, is_folder, &state.made);
}

Fd make_mount_tree(SetupState& state, const MountSpec& mount) {
    switch (mount.kind) {
        case MountSpec::Kind::bind:
            return bind_tree(state, mount);
        case MountSpec::Kind::layers:
            return layers_tree(state, mount);
        case MountSpec::Kind::content:
            return content_tree(state, mount);
        default:
            return tmpfs_tree(state, mount);
    }
}

void perform_mounts(SetupState& state) {
    for (const MountSpec& mount : state.spec.mounts) {
        try {
            const Fd tree = make_mount_tree(state, mount);
            const bool is_folder = mount.kind == MountSpec::Kind::layers ? S_ISDIR(stat_of(tree).st_mode)
                                   : mount.kind == MountSpec::Kind::bind ? mount.is_folder
                                                                         : mount.kind == MountSpec::Kind::tmpfs;
            const bool is_new = !open_in_root_if_exists(state.root, mount.target, O_PATH);
            const Fd place = mount_place(state, mount.target, is_folder);
            check_mount_target(state, mount, tree, place, is_new);
            const bool is_all_of_proc = is_proc(place) && is_proc(tree);
            attach_mount(tree, place);
            if (is_all_of_proc) state.proc = tree.duplicate();
        } catch (Error& error) {
            error.add_context("cannot mount {}", quoted(mount.target));
            throw;
        }
    }
}

}  // namespace runtime
