// What a container is to be, as plain data: filled by the build engine, packed to the runner, performed by setup_steps.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/container/hooks.hpp"
#include "runtime/sys/capabilities.hpp"
#include "runtime/sys/id_ranges.hpp"

namespace runtime {

enum class NetworkMode : std::uint8_t { host, none };

/// How a container is kept apart from the host.
enum class Isolation : std::uint8_t {
    namespaces,  ///< by namespaces of its own
    chroot,      ///< by a mount namespace alone: processes, network and names are the host's, and so are /proc and /sys
    oci_runtime,  ///< by another program, which is given a bundle
    emulated      ///< by a process that carries out their calls: nothing but copied folders can be roots
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
    /// Whether mounts made later in the source show in the container, and the other way.
    enum class Propagation : std::uint8_t {
        none,
        from_host,
        both_ways,
    };
    enum class Kind : std::uint8_t {
        bind,     ///< a mount source
        layers,   ///< a part of stacked folders
        tmpfs,    ///< empty memory
        content,  ///< a file in memory, which never touches a disk
    };
    Kind kind = Kind::bind;
    std::uint32_t source = 0;  ///< bind: which of the request's mount sources, see Runner::run
    std::string source_path;   ///< bind: where that was taken from, for a bundle that others use
    std::string target;        ///< inside the root
    bool read_only = false;
    bool is_folder = true;       ///< what to make of the target when it is missing
    bool no_execute = false;     ///< nothing on it is run as a program
    bool shifts_owners = false;  ///< bind: its files are the container's, as those of the root
    bool has_devices = false;    ///< bind: device nodes on it work; no mount lets programs change who they are
    bool from_caller = false;    ///< the command line or a settings file asks for it, not the Containerfile or image
    Propagation propagation = Propagation::none;
    std::uint64_t size_bytes = 0;  ///< tmpfs: 0 is the kernel's default
    std::uint32_t mode = 01777;    ///< tmpfs, content
    uid_t uid = 0;                 ///< tmpfs, content
    gid_t gid = 0;                 ///< tmpfs, content
    std::string content;
    RootSpec layers;  ///< with the stub folder's place taken by an empty folder
    std::string path_in_layers;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(kind, source, source_path, target, read_only, is_folder, no_execute, shifts_owners, has_devices,
                from_caller, propagation, size_bytes, mode, uid, gid, content, layers, path_in_layers);
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

/// Limits by cgroups.
struct CgroupLimits {
    std::optional<std::int64_t> memory_bytes;
    std::optional<std::int64_t> memory_and_swap_bytes;  ///< -1: no limit on swap
    std::optional<std::int64_t> cpu_shares;             ///< as of version 1: 1024 is an ordinary share
    std::optional<std::int64_t> cpu_quota_microseconds;
    std::optional<std::int64_t> cpu_period_microseconds;
    std::string cpuset_cpus;
    std::string cpuset_mems;
    std::optional<std::int64_t> most_processes;

    bool empty() const noexcept {
        return !memory_bytes && !memory_and_swap_bytes && !cpu_shares && !cpu_quota_microseconds &&
               !cpu_period_microseconds && cpuset_cpus.empty() && cpuset_mems.empty() && !most_processes;
    }
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(memory_bytes, memory_and_swap_bytes, cpu_shares, cpu_quota_microseconds, cpu_period_microseconds,
                cpuset_cpus, cpuset_mems, most_processes);
    }
};

/// What Isolation::oci_runtime needs besides.
struct OciRuntime {
    std::string program;                   ///< absolute path
    std::vector<std::string> flags;        ///< before its command, "--name" or "--name=value"
    std::string id;                        ///< of the container, unique on this machine
    std::string cgroup_parent;             ///< absolute; empty: the cgroup of this process, where the runtime can
    std::string seccomp;                   ///< the filter as the runtime-spec has it, JSON; empty: none
    std::vector<std::string> annotations;  ///< NAME=value
    bool no_pivot = false;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(program, flags, id, cgroup_parent, seccomp, annotations, no_pivot);
    }
};

/// What the clocks of a container show that count from the start of the machine. time_namespaces(7): the time of day
/// is not among them.
struct ClockOffsets {
    std::optional<std::int64_t> monotonic_seconds;  ///< added to what the host's shows
    std::optional<std::int64_t> boottime_seconds;
    bool from_zero = false;  ///< both begin at zero when the container does
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(monotonic_seconds, boottime_seconds, from_zero);
    }
};

/// A user namespace for the container: its IDs are others than those on the disk and outside.
struct ContainerUsers {
    std::uint32_t source = 0;  ///< which of the request's mount sources is the namespace
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
    std::string folder;  ///< with all folders of the root in it; its files are shown with shifted owners
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(source, users, groups, folder);
    }
};

struct ContainerSpec {
    std::vector<std::string> arguments;    ///< the first is looked up in PATH of the environment
    std::vector<std::string> environment;  ///< NAME=value
    std::string working_directory = "/";
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> supplementary_groups;
    bool keeps_groups = false;  ///< the supplementary groups are those of the runner

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
    bool watches_sockets = false;  ///< the caller gets a descriptor, see watch_for_sockets()
    bool terminal = false;         ///< the three streams become a new pseudo-terminal, whose other end the caller gets
    std::string hostname = "builder";
    std::uint64_t shm_size_bytes = 64U << 20;

    CapabilitySet capabilities = default_capabilities();
    bool no_new_privileges = false;
    /// Which of the mount sources is a user namespace to enter last of all, whose IDs are those outside: steps that see
    /// the host's processes cannot reach into them from there.
    std::optional<std::uint32_t> barrier;
    /// There is one ID only: every user is root, and owners are noted beside the files.
    bool single_user = false;
    uid_t shown_user = 0;  ///< with a single user: who processes are told that they are
    gid_t shown_group = 0;
    std::optional<ContainerUsers> own_users;
    std::string seccomp_program;  ///< empty: no filter; of Isolation::oci_runtime what its own filter has no words for
    std::vector<ResourceLimit> resource_limits;
    std::vector<std::string> masked_paths;
    std::vector<std::string> read_only_paths;
    std::string apparmor_profile;             ///< empty: that of the runner
    std::string process_label;                ///< of SELinux; empty: that of the runner
    std::string mount_label;                  ///< of SELinux, for the files of the root and of what is mounted for it
    std::optional<ClockOffsets> clocks;       ///< nothing: those of the host
    std::vector<std::string> cgroup_folders;  ///< cgroups to enter before anything runs
    OciRuntime oci;
    CgroupLimits limits;      ///< for an OCI runtime to set; with cgroup_folders they are set already
    std::vector<Hook> hooks;  ///< for an OCI runtime to run

    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(arguments, environment, working_directory, user, group, supplementary_groups, keeps_groups, root,
                root_source, mounts, mount_point, scratch_folder, empty_folder, stub_folder, isolation, network,
                namespaces, watches_sockets, terminal, hostname, shm_size_bytes, capabilities, no_new_privileges,
                barrier, single_user, shown_user, shown_group, own_users, seccomp_program, resource_limits,
                masked_paths, read_only_paths, apparmor_profile, process_label, mount_label, clocks, cgroup_folders,
                oci, limits, hooks);
    }
};

/// The seconds to add to "monotonic" and "boottime", from now on.
std::vector<std::pair<std::string, std::int64_t>> clock_offsets(const ClockOffsets& clocks);

/// Paths below /proc and /sys that would show or change the host: hidden, or read-only.
std::vector<std::string> default_masked_paths();
std::vector<std::string> default_read_only_paths();

}  // namespace runtime
