#include "runtime/container/isolation/standard_mounts.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/cgroup_use.hpp"
#include "runtime/container/isolation/container_mounts.hpp"
#include "runtime/container/isolation/mount_targets.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {
namespace {

constexpr unsigned sealed_mount = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/// What the host has there, with everything mounted below it: what an outer container hides stays hidden.
Fd tree_of_host(const char* path, std::uint64_t attributes) {
    Fd tree = clone_mount(open_path(path, O_PATH | O_DIRECTORY), true);
    set_mount_attributes(tree, attributes, true);
    return tree;
}

Fd make_proc_mount(const SetupState& state) {
    if (state.spec.isolation == Isolation::chroot) return tree_of_host("/proc", sealed_mount);
    FilesystemContext proc("proc");
    return proc.mount(sealed_mount);
}

/// A user namespace may mount its own only together with a network of its own.
Fd make_sys_mount() {
    try {
        FilesystemContext sys("sysfs");
        return sys.mount(sealed_mount | MOUNT_ATTR_RDONLY);
    } catch (const SystemError& error) {
        if (error.number() != EPERM) throw;
        return tree_of_host("/sys", sealed_mount | MOUNT_ATTR_RDONLY);
    }
}

/// Invalid on a host without cgroups of version 2: the folder stays empty.
Fd make_cgroup_mount(const SetupState& state) {
    try {
        FilesystemContext cgroup("cgroup2");
        return cgroup.mount(sealed_mount | MOUNT_ATTR_RDONLY);
    } catch (const SystemError& error) {
        // Only who owns the cgroup namespace may; whose steps have that of the host shows what the host shows.
        const bool is_of_host = state.spec.namespaces.cgroup.mode == NamespaceChoice::Mode::host;
        if (error.number() != EPERM || !is_of_host || !is_cgroup_version_2()) return Fd();
        return tree_of_host("/sys/fs/cgroup", sealed_mount | MOUNT_ATTR_RDONLY);
    }
}

struct DeviceNode {
    const char* name;
    unsigned major;
    unsigned minor;
};
constexpr std::array device_nodes = {DeviceNode{"null", 1, 3},   DeviceNode{"zero", 1, 5},    DeviceNode{"full", 1, 7},
                                     DeviceNode{"random", 1, 8}, DeviceNode{"urandom", 1, 9}, DeviceNode{"tty", 5, 0}};

struct DeviceLink {
    const char* name;
    const char* target;
};
constexpr std::array device_links = {DeviceLink{"fd", "/proc/self/fd"},       DeviceLink{"stdin", "/proc/self/fd/0"},
                                     DeviceLink{"stdout", "/proc/self/fd/1"}, DeviceLink{"stderr", "/proc/self/fd/2"},
                                     DeviceLink{"ptmx", "pts/ptmx"},          DeviceLink{"core", "/proc/kcore"}};

/// A device node, or the host's own bound over an empty file where nodes may not be made.
void make_device(const Fd& dev, const DeviceNode& node) {
    if (::mknodat(dev.get(), node.name, S_IFCHR | 0666, makedev(node.major, node.minor)) == 0) {
        ::fchmodat(dev.get(), node.name, 0666, 0);
        return;
    }
    if (errno != EPERM) throw SystemError("cannot make the device {}", node.name);
    const Fd source = open_path(fmt::format("/dev/{}", node.name), O_PATH);
    { const Fd made = open_at(dev, node.name, O_WRONLY | O_CREAT | O_EXCL, 0644); }
    attach_mount(clone_mount(source, false), open_at(dev, node.name, O_PATH | O_NOFOLLOW));
}

/// The message queues of an IPC namespace can only be mounted by who owns it; without them the folder stays empty.
void mount_queues(SetupState& state, const Fd& dev) {
    try {
        FilesystemContext queue("mqueue");
        attach_mount(queue.mount(sealed_mount), open_at(dev, "mqueue", O_PATH));
    } catch (const SystemError&) {
        if (state.spec.namespaces.ipc.mode == NamespaceChoice::Mode::fresh) throw;
    }
}

/// The group tty owns terminals, where there is such a group. Some kernels say that there is none when the option is
/// set, some when the file system is made.
Fd make_terminals(const ContainerSpec& spec) {
    for (const bool has_group : {true, false}) {
        FilesystemContext pts("devpts");
        pts.set_flag("newinstance").set("ptmxmode", "0666").set("mode", "0620");
        if (has_group && !pts.try_set("gid", "5")) continue;
        give_label(pts, spec);
        try {
            return pts.mount(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
        } catch (const SystemError& error) {
            if (!has_group || error.number() != EINVAL) throw;
        }
    }
    throw Error("cannot make a file system for terminals");
}

/// Hides a path: an empty read-only folder over a folder, the null device over anything else. That is builder's own
/// device: in the container's /dev there may be a look-alike meanwhile, which leads elsewhere (CVE-2025-31133).
void mask(SetupState& state, const std::string& path) {
    const auto place = find_protected(state, path);
    if (!place) return;
    if (S_ISDIR(stat_of(*place).st_mode)) {
        FilesystemContext empty("tmpfs");
        attach_mount(empty.mount(sealed_mount | MOUNT_ATTR_RDONLY), *place);
    } else {
        attach_mount(clone_mount(state.null_device, false), *place);
    }
}

/// Other file systems of the kernel in the host's /sys: traces, logs of crashes, what it shows for finding faults. A
/// /sys of a container's own has none of them.
std::vector<std::string> inner_file_systems() {
    constexpr std::array<std::string_view, 4> shown = {"sysfs", "tmpfs", "cgroup", "cgroup2"};
    std::vector<std::string> places;
    std::istringstream lines(read_file("/proc/self/mountinfo"));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string field, place, type;
        for (int i = 0; i < 4; ++i) fields >> field;
        fields >> place;
        while (fields >> field && field != "-") continue;
        fields >> type;
        // What lxcfs puts in the place of facts about the machine belongs to the container around this one.
        if (place.starts_with("/sys/") && !type.starts_with("fuse.") &&
            std::find(shown.begin(), shown.end(), type) == shown.end())
            places.push_back(place);
    }
    return places;
}

}  // namespace

void mount_proc(SetupState& state) {
    const Fd place = standard_folder(state.root, "proc");
    state.proc = make_proc_mount(state);
    attach_mount(state.proc, place);
}

void mount_sys(SetupState& state) {
    const Fd place = standard_folder(state.root, "sys");
    const bool is_of_host = state.spec.isolation == Isolation::chroot;
    state.sys = is_of_host ? tree_of_host("/sys", sealed_mount | MOUNT_ATTR_RDONLY) : make_sys_mount();
    attach_mount(state.sys, place);
    if (is_of_host) return;
    if (const Fd cgroups = make_cgroup_mount(state))
        attach_mount(cgroups, open_beneath(state.sys, "fs/cgroup", O_PATH | O_DIRECTORY));
}

void mount_dev(SetupState& state) {
    FilesystemContext tmpfs("tmpfs");
    tmpfs.set("mode", "755").set("size", "65536k");
    give_label(tmpfs, state.spec);
    const Fd dev = tmpfs.mount(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    attach_mount(dev, standard_folder(state.root, "dev"));
    for (const DeviceNode& node : device_nodes) make_device(dev, node);
    for (const DeviceLink& link : device_links)
        if (::symlinkat(link.target, dev.get(), link.name) != 0) throw SystemError("cannot make /dev/{}", link.name);
    for (const char* folder : {"pts", "shm", "mqueue"})
        if (::mkdirat(dev.get(), folder, 0755) != 0) throw SystemError("cannot make /dev/{}", folder);
    state.null_device = open_at(dev, "null", O_PATH | O_NOFOLLOW);
    attach_mount(make_terminals(state.spec), open_at(dev, "pts", O_PATH));
    FilesystemContext shm("tmpfs");
    shm.set("mode", "1777").set("size", fmt::format("{}", state.spec.shm_size_bytes));
    give_label(shm, state.spec);
    attach_mount(shm.mount(sealed_mount), open_at(dev, "shm", O_PATH));
    mount_queues(state, dev);
}

void mask_paths(SetupState& state) {
    for (const std::string& path : state.spec.masked_paths) mask(state, path);
    if (state.spec.isolation != Isolation::chroot || state.spec.masked_paths.empty()) return;
    for (const std::string& path : inner_file_systems()) mask(state, path);
}

void protect_paths(SetupState& state) {
    for (const std::string& path : state.spec.read_only_paths) {
        const auto place = find_protected(state, path);
        if (!place) continue;
        const Fd tree = clone_mount(*place, true);
        set_mount_attributes(tree, MOUNT_ATTR_RDONLY | sealed_mount, true);
        attach_mount(tree, *place);
    }
}

void close_proc_of_host(SetupState& state) {
    if (state.spec.isolation != Isolation::chroot || state.spec.read_only_paths.empty()) return;
    set_mount_attributes(state.proc, MOUNT_ATTR_RDONLY, true);
}

}  // namespace runtime
