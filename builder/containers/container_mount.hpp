// Working containers mounted where their user can reach them: real overlay mounts in the mount namespace of the caller,
// which stay until they are unmounted.
#pragma once

#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "overlay/copied_tree.hpp"
#include "overlay/upper_folder.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

class WorkingContainer;

/// Where a container's root is mounted or would be.
std::string mount_point_of(const layers::Store& store, const std::string& container_id);
/// The same, or an empty text where it is not mounted in this mount namespace.
std::string mount_point_if_mounted(const layers::Store& store, const layers::ContainerRecord& container);

/// Mounts a container and gives the place; one that is mounted already stays as it is, and it is noted that somebody
/// else wants it so. Throws Error, with a hint where
/// this process may not mount.
std::string mount_container(WorkingContainer& container);
/// Whether it was mounted. A container that was mounted several times is unmounted when this was called as often, or at
/// once where `wholly`. Throws Error while somebody works in there.
bool unmount_container(layers::Store& store, const layers::ContainerRecord& record, bool wholly);

/// Unmounts a container that is about to be removed, with all that was changed in it.
void discard_mount(layers::Store& store, const layers::ContainerRecord& container);

/// Where the container is mounted as a copy, for lack of overlayfs: puts what was changed there into its own folder,
/// and leaves it mounted. Nothing happens where it is not. The container's gate is to be closed.
void keep_changes_of_copy(WorkingContainer& container);

struct MountedContainer {
    layers::ContainerRecord container;
    std::string mount_point;
};
std::vector<MountedContainer> mounted_containers(layers::Store& store);

/// The folder that overlayfs works in, empty: what an earlier mount left there would be taken for its state. It stays
/// as long as the mount does, whoever made that.
void make_fresh_work_folder(const std::string& path);

/// An upper folder that nothing was written to yet has to get the metadata of the root below it.
overlay::UpperState state_of_upper(const runtime::Fd& folder);

}  // namespace builder
