// A container as the OCI runtime-spec 1.0 and later describe it: config.json of a bundle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"

namespace runtime {

/// Where in the file system of the runtime the things are that a ContainerSpec has as descriptors.
struct BundlePlaces {
    std::string root = "rootfs";             ///< relative to the bundle, or absolute
    std::vector<std::string> mount_sources;  ///< of each of the spec's mounts; not used for tmpfs
    /// The paths of the namespaces that are joined, by the spec's indices of sources.
    std::vector<std::string> namespace_sources;
    std::string isolated_network;  ///< for NetworkMode::none: one that is there; empty: a new one
    /// The runtime is started in the IPC and UTS namespaces that the container is to have.
    bool starts_in_sandbox = false;
    /// A user namespace may mount /sys only together with a network of its own; then it is the host's.
    bool binds_sys = false;
    std::string cgroup_path;  ///< absolute, or relative to the runtime's own; empty: the runtime's choice
};

/// Throws Error for what has no place in a bundle.
std::string make_oci_config(const ContainerSpec& spec, const BundlePlaces& places);

/// Whether a mount stands below one that every container has, so that there is nothing in the image to be its target.
bool is_below_standard_folder(const std::string& target);

}  // namespace runtime
