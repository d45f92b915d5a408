#include "runtime/container/isolation/mount_targets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/container_mounts.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace runtime {
namespace {

bool is_in(const std::string& path, std::string_view folder) {
    return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

/// What programs such as lxcfs put in the place of facts about the machine.
constexpr std::array replaceable_facts = {"/proc/cpuinfo",  "/proc/diskstats", "/proc/loadavg", "/proc/meminfo",
                                          "/proc/slabinfo", "/proc/stat",      "/proc/swaps",   "/proc/uptime"};

/// What every /dev has, besides shm, which is there to be replaced.
constexpr std::array standard_devices = {"/dev/null", "/dev/zero", "/dev/full",  "/dev/random", "/dev/urandom",
                                         "/dev/tty",  "/dev/fd",   "/dev/stdin", "/dev/stdout", "/dev/stderr",
                                         "/dev/ptmx", "/dev/core", "/dev/pts",   "/dev/mqueue", "/dev/console"};

template <typename Paths>
bool has_any(const Paths& paths, const std::string& path) {
    return std::any_of(paths.begin(), paths.end(), [&](const auto& one) { return is_in(path, one); });
}

void refuse_over_protected(const ContainerSpec& spec, const std::string& path) {
    if (!has_any(spec.masked_paths, path) && !has_any(spec.read_only_paths, path)) return;
    throw Error("{} is masked or read-only in containers", path)
        .with_hint("--security-opt unmask=PATH takes that away, for files that you trust");
}

[[noreturn]] void refuse(const std::string& folder) {
    throw Error("nothing can be mounted in {}", folder).with_hint("mount it somewhere else");
}

bool is_same_file(const Fd& one, const Fd& other) {
    const struct stat first = stat_of(one);
    const struct stat second = stat_of(other);
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// builder itself and the programs of the step trust what they read and write in /proc; a mount there could make them
/// write labels, say, into a file of the image's making. Another /proc may take its place as a whole.
void check_in_proc(const MountSpec& mount, const std::string& path, bool is_proc_tree) {
    if (mount.from_caller && path == "/proc" && is_proc_tree) return;
    const auto is_target = [&](const char* fact) { return path == fact; };
    if (mount.from_caller && std::any_of(replaceable_facts.begin(), replaceable_facts.end(), is_target)) return;
    refuse("/proc");
}

}  // namespace

Fd standard_folder(const Fd& root, const std::string& name) {
    if (const auto status = stat_at(root, name); status && !S_ISDIR(status->st_mode))
        throw Error("/{} of the image is {}", name, S_ISLNK(status->st_mode) ? "a symbolic link" : "not a folder")
            .with_hint(fmt::format("builder mounts its own /{} on a folder only; remove it from the image", name));
    if (::mkdirat(root.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
        throw SystemError("cannot make the folder /{}", name);
    // Should it have become a link since, this fails.
    return open_at(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

void check_mount_target(const SetupState& state, const MountSpec& mount, const Fd& tree, const Fd& place, bool is_new) {
    if (is_same_file(place, state.root)) throw Error("a mount cannot take the place of the root");
    const std::string path = path_below(state.root, place);
    if (is_proc(place) || is_in(path, "/proc")) check_in_proc(mount, path, is_proc(tree));
    refuse_over_protected(state.spec, path);
    if (mount.from_caller) return;
    if (is_in(path, "/sys")) refuse("/sys");
    if (path == "/dev" || (is_in(path, "/dev") && !is_new && mount.kind != MountSpec::Kind::tmpfs))
        throw Error("a mount cannot take the place of {}", path).with_hint("mount it somewhere else");
}

void check_bundle_target(const ContainerSpec& spec, const MountSpec& mount, const std::string& path) {
    if (path == "/") throw Error("a mount cannot take the place of the root");
    if (is_in(path, "/proc")) check_in_proc(mount, path, false);
    refuse_over_protected(spec, path);
    if (mount.from_caller) return;
    if (is_in(path, "/sys")) refuse("/sys");
    if (path == "/dev" || has_any(standard_devices, path))
        throw Error("a mount cannot take the place of {}", path).with_hint("mount it somewhere else");
}

std::optional<Fd> find_protected(const SetupState& state, const std::string& path) {
    const std::array<std::pair<std::string_view, const Fd*>, 2> trees = {
        {{"/proc", &state.proc}, {"/sys", &state.sys}}};
    for (const auto& [folder, tree] : trees) {
        if (!is_in(path, folder)) continue;
        auto place = open_in_root_if_exists(*tree, path.substr(folder.size()), O_PATH);
        if (!place && ::access(path.c_str(), F_OK) == 0)
            throw Error("{} is on this machine, but not in the container's {}", path, folder);
        return place;
    }
    return open_in_root_if_exists(state.root, path, O_PATH);
}

}  // namespace runtime
