#include "runtime/container/cgroup/cgroup_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/container/cgroup/systemd_scope.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

const std::string tree = "/sys/fs/cgroup";

/// The part of the tree that is this program's to change: from the cgroup of this process up to `top`. Without systemd
/// that is everything that it may write to.
struct OwnPart {
    std::string lowest;
    std::string top;
    bool exists = false;
};

std::string above(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

bool is_unit(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    constexpr std::array endings = {".service", ".scope", ".slice", ".socket", ".mount", ".swap"};
    return std::any_of(endings.begin(), endings.end(), [&](const char* ending) { return name.ends_with(ending); });
}

/// Where processes are in the way. The kernel does not refuse all controllers there: with the threaded ones, cpu and
/// pids, it makes the cgroups below fit for threads only. The top of the tree, which has no type, takes both.
bool has_processes(const std::string& folder) {
    if (::access((folder + "/cgroup.type").c_str(), F_OK) != 0) return false;
    try {
        return !read_file_if_exists(folder + "/cgroup.procs").value_or("").empty();
    } catch (const SystemError&) {
        return true;  // It is threaded already, and cannot say which they are.
    }
}

OwnPart find_own_part(const CgroupWishes& wishes) {
    const std::string own = own_cgroup("");
    const std::string lowest = own == "/" ? "" : own;
    if (wishes.manager == CgroupManager::nobody || !systemd_runs()) return {lowest, "", true};
    if (wishes.manager == CgroupManager::systemd) return {};
    // The nearest unit says whether what is below is its own, or systemd's.
    for (std::string path = lowest; !path.empty(); path = above(path))
        if (is_unit(path)) return {lowest, path, is_delegated(tree + path)};
    return {};
}

/// The nearest cgroup upwards that gives the controllers; "" is the top of the tree.
std::optional<std::string> find_giver(const OwnPart& part, const std::vector<std::string>& controllers) {
    for (std::string path = part.lowest;; path = above(path)) {
        const std::string folder = tree + path;
        if (::access(folder.c_str(), W_OK) == 0 && gives_controllers(folder, controllers)) return path;
        if (path == part.top) return std::nullopt;
    }
}

/// Moves all processes of a cgroup into one below it. New ones may come meanwhile, so that it is looked again.
bool make_room(const std::string& folder) {
    const std::string inner = folder + "/processes";
    if (::mkdir(inner.c_str(), 0755) != 0 && errno != EEXIST) return false;
    constexpr int most_rounds = 20;
    for (int round = 0; round < most_rounds; ++round) {
        std::istringstream processes(read_file_if_exists(folder + "/cgroup.procs").value_or(""));
        bool is_empty = true;
        for (std::string process; processes >> process; is_empty = false) {
            const Fd members(::open((inner + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
            // Who has ended meanwhile need not be moved.
            if (::write(members.get(), process.data(), process.size()) < 0 && errno != ESRCH) return false;
        }
        if (is_empty) return true;
    }
    return false;
}

/// Where the whole of the tree that can be seen is this program's: a container that was given its cgroup. The processes
/// in it are those of the container.
std::optional<std::string> make_room_in(const OwnPart& part, const std::vector<std::string>& controllers) {
    const std::string folder = tree + part.lowest;
    if (part.lowest != part.top || ::access((folder + "/cgroup.procs").c_str(), W_OK) != 0) return std::nullopt;
    for (const std::string& name : controllers)
        if (!lists(folder + "/cgroup.controllers", name)) return std::nullopt;
    if (!make_room(folder) || !gives_controllers(folder, controllers)) return std::nullopt;
    log_debug("the processes of the cgroup {} are moved into one below it", quoted(folder));
    return part.lowest;
}

[[noreturn]] void refuse(const std::vector<std::string>& controllers, const std::string& folder) {
    for (const std::string& name : controllers) {
        if (!lists(tree + "/cgroup.controllers", name))
            throw Error("this host has no cgroup controller {}", name).with_hint("leave the flag that needs it out");
        if (!lists(folder + "/cgroup.controllers", name))
            throw Error("the cgroup controller {} is not given to {}", name, quoted(folder))
                .with_hint(
                    "systemctl edit user@.service, and there [Service] Delegate=cpu cpuset io memory pids; or leave "
                    "the flag that needs it out");
    }
    throw Error("no cgroup that builder may change has the controllers {}", fmt::join(controllers, ", "))
        .with_hint("run it in a login with systemd, or where cgroups are delegated; or leave the flags out");
}

/// A scope with the runner in it, one cgroup further down: those of the steps lie beside it.
std::string place_in_scope(const std::vector<std::string>& controllers, const CgroupWishes& wishes) {
    if (wishes.runner == 0) throw Error("there is no process that runs steps, for systemd to make a scope for");
    const bool named = !wishes.parent.empty();
    const std::string path = start_scope({fmt::format("builder-{}.scope", wishes.runner),
                                          named         ? wishes.parent
                                          : wishes.user ? "user.slice"
                                                        : "machine.slice",
                                          wishes.runner, wishes.user});
    log_debug("systemd has made the scope {}", path);
    const std::string folder = tree + path;
    if (!make_room(folder)) throw SystemError("cannot use the scope {} that systemd has made", quoted(folder));
    if (!gives_controllers(folder, controllers)) refuse(controllers, folder);
    return path;
}

/// The folders of a path that was named, with the controllers given down to it as far as that is allowed.
std::string named_place(const std::string& path, const std::vector<std::string>& controllers) {
    for (std::size_t end = 0; end != std::string::npos; end = path.find('/', end + 1))
        gives_controllers(tree + path.substr(0, end), controllers);
    return path;
}

}  // namespace

std::string own_cgroup(const std::string& controller) {
    const std::string text = read_file("/proc/self/cgroup");
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        if (controllers.find("," + controller + ",") != std::string::npos) return line.substr(second + 1);
        start = end + 1;
    }
    return "/";
}

bool lists(const std::string& file, const std::string& word) {
    std::istringstream words(read_file_if_exists(file).value_or(""));
    return std::find(std::istream_iterator<std::string>(words), {}, word) != std::istream_iterator<std::string>();
}

bool gives_controllers(const std::string& folder, const std::vector<std::string>& controllers) {
    for (const std::string& name : controllers) {
        if (lists(folder + "/cgroup.subtree_control", name)) continue;
        if (has_processes(folder)) return false;
        const Fd file(::open((folder + "/cgroup.subtree_control").c_str(), O_WRONLY | O_CLOEXEC));
        const std::string word = "+" + name;
        if (!file || ::write(file.get(), word.data(), word.size()) < 0) return false;
    }
    return true;
}

std::string find_cgroup_place(const std::vector<std::string>& controllers, const CgroupWishes& wishes) {
    const bool in_slice = !wishes.parent.empty() && !wishes.parent.starts_with("/");
    if (!wishes.parent.empty() && !in_slice) return named_place(wishes.parent, controllers);
    if (in_slice && wishes.manager == CgroupManager::nobody)
        return named_place(path_of_slice(wishes.parent), controllers);
    if ((in_slice || wishes.manager == CgroupManager::systemd) && !systemd_runs())
        throw Error("systemd does not run here, which would have to make a cgroup")
            .with_hint("--cgroup-parent takes a path from the top of the cgroups, too: /builds");
    if (in_slice) return place_in_scope(controllers, wishes);
    const OwnPart part = find_own_part(wishes);
    if (part.exists) {
        if (const auto path = find_giver(part, controllers)) return *path;
        if (const auto path = make_room_in(part, controllers)) return *path;
    }
    if (wishes.manager != CgroupManager::nobody && systemd_runs()) return place_in_scope(controllers, wishes);
    refuse(controllers, tree + part.lowest);
}

}  // namespace runtime
