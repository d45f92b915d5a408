// --volume HOST:CONTAINER[:OPTIONS]: what such a text asks for.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"

namespace builder {

/// A folder or file of this machine, to be seen in a container.
struct VolumeRequest {
    std::string source;
    std::string target;
    bool read_only = false;
    bool is_overlay = false;     ///< O: what is written goes elsewhere
    std::string upper_folder;    ///< where it is kept; empty: it is thrown away
    std::string work_folder;     ///< beside it, for the kernel
    bool changes_owner = false;  ///< U: the source is given to the container's user
    /// What the command changes, owners included, is thrown away: the source stays as it is.
    bool is_private = false;
    bool no_execute = false;
    runtime::MountSpec::Propagation propagation = runtime::MountSpec::Propagation::none;
    /// z, Z: the source gets a label of SELinux that containers, or only this one, may use.
    enum class Label { none, shared, own };
    Label label = Label::none;

    /// Whether a plain bind mount does all of it.
    bool is_plain() const { return !is_overlay && !changes_owner; }
};

/// Throws Error that names the option at fault, or the two that contradict each other.
VolumeRequest parse_volume(const std::string& text);

/// The place of one is not that of another. Throws Error.
void require_different_targets(const std::vector<std::string>& targets);

/// Takes away what an earlier mount left in the work folder of the caller's, which the kernel would refuse. Throws
/// SystemError.
void clear_work_folder(const VolumeRequest& volume);

/// Gives everything at a path of this machine to a user; links are given, not followed. Throws SystemError.
void give_to_user(const std::string& path, uid_t uid, gid_t gid);

}  // namespace builder
