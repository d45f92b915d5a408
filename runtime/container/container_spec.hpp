// What a container is to be, as plain data: filled by the build engine, packed to the runner, performed by setup_steps.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sys/capabilities.hpp"

namespace runtime {

enum class NetworkMode : std::uint8_t { host, none };

/// How a container is kept apart from the host.
enum class Isolation : std::uint8_t {
    namespaces,  ///< by namespaces of its own
    chroot,      ///< by a mount namespace alone: processes, network and names are the host's, and so are /proc and /sys
};

/// The file system that the container sees as its root.
struct RootSpec {
    std::vector<std::string> lower_folders;  ///< topmost first; without an upper folder the root is read-only
    std::string upper_folder;                ///< takes what the container writes; empty: nothing can be written
    std::string work_folder;                 ///< for overlayfs, on the same file system as the upper folder
    bool user_xattrs = false;                ///< overlay marks as user.overlay.* (inside a user namespace)
    /// Device nodes among the files work. A layer may hold a node for any device of the host, so that this is a way
    /// out.
    bool has_devices = false;
    std::string copy_folder = {};  ///< instead of all folders: one that is the root as it is
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(lower_folders, upper_folder, work_folder, user_xattrs, has_devices, copy_folder);
    }
};

/// Something mounted into the root besides the usual.
struct MountSpec {
    enum class Kind : std::uint8_t {
        bind,     ///< a mount source
        layers,   ///< a part of stacked folders
        tmpfs,    ///< empty memory
        content,  ///< a file in memory, which never touches a disk
    };
    Kind kind = Kind::bind;
    std::uint32_t source = 0;  ///< bind: which of the request's mount sources, see Runner::run
    std::string target;        ///< inside the root
    bool read_only = false;
    bool is_folder = true;         ///< what to make of the target when it is missing
    bool no_execute = false;       ///< nothing on it is run as a program
    bool has_devices = false;      ///< bind: device nodes on it work; no mount lets programs change who they are
    std::uint64_t size_bytes = 0;  ///< tmpfs: 0 is the kernel's default
    std::uint32_t mode = 01777;    ///< tmpfs, content
    uid_t uid = 0;                 ///< tmpfs, content
    gid_t gid = 0;                 ///< tmpfs, content
    std::string content;
    RootSpec layers;  ///< with the stub folder's place taken by an empty folder
    std::string path_in_layers;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(kind, source, target, read_only, is_folder, no_execute, has_devices, size_bytes, mode, uid, gid,
                content, layers, path_in_layers);
    }
};

/// A resource limit, setrlimit(2). What lies above the hard limit of this process is clamped to it.
struct ResourceLimit {
    std::int32_t resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(resource, soft, hard);
    }
};

/// Where a container has its namespace of one kind from.
struct NamespaceChoice {
    enum class Mode : std::uint8_t {
        fresh,   ///< its own
        host,    ///< that of the program
        joined,  ///< an existing one
    };
    Mode mode = Mode::fresh;
    std::uint32_t source = 0;  ///< joined: which of the request's mount sources is the namespace
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(mode, source);
    }
};

/// All but the mount namespace, which is always fresh. Where the PID namespace is not fresh, the runner must have been
/// started without one of its own. The network is fresh where NetworkMode is none, and the program's else, unless it is
/// joined here.
struct ContainerNamespaces {
    NamespaceChoice pid;
    NamespaceChoice ipc;
    NamespaceChoice uts;
    NamespaceChoice cgroup;
    std::optional<std::uint32_t> joined_network;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(pid, ipc, uts, cgroup, joined_network);
    }
};

struct ContainerSpec {
    std::vector<std::string> arguments;    ///< the first is looked up in PATH of the environment
    std::vector<std::string> environment;  ///< NAME=value
    std::string working_directory = "/";
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> supplementary_groups;

    RootSpec root;
    std::optional<std::uint32_t> root_source;  ///< instead of `root`: the mount source that is the root
    std::vector<MountSpec> mounts;
    std::string
        mount_point;  ///< an existing empty folder outside; the root is attached there in a namespace of its own
    std::string scratch_folder;  ///< the same, for mounts on their way to their targets
    std::string empty_folder;    ///< stays empty
    std::string stub_folder;     ///< has the usual mount points, and lies below all lower folders; see stub_layer.hpp

    /// With Isolation::chroot all of `namespaces` are the host's or joined.
    Isolation isolation = Isolation::namespaces;
    NetworkMode network = NetworkMode::host;
    ContainerNamespaces namespaces;
    bool terminal = false;  ///< the three streams become a new pseudo-terminal, whose other end the caller gets
    std::string hostname = "builder";
    std::uint64_t shm_size_bytes = 64U << 20;

    CapabilitySet capabilities = default_capabilities();
    bool no_new_privileges = false;
    /// There is one ID only: every user is root, and owners are noted beside the files.
    bool single_user = false;
    std::string seccomp_program;  ///< empty: no filter
    std::vector<ResourceLimit> resource_limits;
    std::vector<std::string> masked_paths;
    std::vector<std::string> read_only_paths;
    std::vector<std::string> cgroup_folders;  ///< cgroups to enter before anything runs

    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(arguments, environment, working_directory, user, group, supplementary_groups, root, root_source, mounts,
                mount_point, scratch_folder, empty_folder, stub_folder, isolation, network, namespaces, terminal,
                hostname, shm_size_bytes, capabilities, no_new_privileges, single_user, seccomp_program,
                resource_limits, masked_paths, read_only_paths, cgroup_folders);
    }
};

/// Paths below /proc and /sys that would show or change the host: hidden, or read-only.
std::vector<std::string> default_masked_paths();
std::vector<std::string> default_read_only_paths();

}  // namespace runtime
