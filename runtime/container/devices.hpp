// Devices for containers: nodes of the host, and what CDI files say a device needs (Container Device Interface, 0.8).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"

namespace runtime {

/// A device node of the host and where it stands in the container.
struct DevicePath {
    std::string host_path;
    std::string container_path;
};

/// A file or folder of the host that a device needs.
struct DeviceMount {
    std::string host_path;
    std::string container_path;
    bool read_only = false;
    bool no_execute = false;
    MountSpec::Propagation propagation = MountSpec::Propagation::none;
};

/// What has to be done to a container to give it a device.
struct DeviceEdits {
    std::vector<std::string> environment;  ///< NAME=value
    std::vector<DevicePath> nodes;
    std::vector<DeviceMount> mounts;
    std::vector<gid_t> groups;
    std::vector<Hook> hooks;

    void add(const DeviceEdits& other);
};

/// True for "vendor.com/class=name".
bool is_cdi_name(const std::string& text);

/// The folders where CDI files lie, in the order in which they count: a later one wins.
std::vector<std::string> default_cdi_folders();

/// The edits of one device, or with the name "*" of all of its kind; nothing where no file has it. Throws Error for a
/// file that is broken.
std::optional<DeviceEdits> find_cdi_device(const std::string& name, const std::vector<std::string>& folders);
/// The same for one that has to be there: throws Error with the names that there are.
DeviceEdits require_cdi_device(const std::string& name, const std::vector<std::string>& folders);

/// "/dev/fuse", "/dev/fuse:/dev/other", "/dev/fuse:rwm", "/dev/a:/dev/b:rw"; a folder stands for all nodes in it.
/// Throws Error where there is no such device.
DeviceEdits find_host_device(const std::string& text);

}  // namespace runtime
