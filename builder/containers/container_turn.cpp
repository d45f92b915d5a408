#include "builder/containers/container_turn.hpp"

#include <fcntl.h>

#include <sstream>

#include "builder/containers/running.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/foreign_mount.hpp"

namespace builder {
namespace {

using runtime::Fd;
using runtime::quoted;

using Kind = runtime::FileLock::Kind;

runtime::FileLock open_lock(const layers::Store& store, const std::string& name) {
    const std::string folder = store.location().runroot + "/running-locks";
    runtime::make_folders(folder, 0700);
    return runtime::FileLock(folder + "/" + name);
}

/// "mnt_id" of a descriptor. proc(5), /proc/pid/fdinfo.
std::string mount_id_of(const Fd& place) {
    std::istringstream lines(runtime::read_file(fmt::format("/proc/self/fdinfo/{}", place.get())));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("mnt_id:")) return line.substr(line.find_first_not_of("\t ", 7));
    return "";
}

/// Whether a place lies on an overlay whose upper folder is this one: a process that is being made, or is another one
/// by now, has another root.
bool is_root_with(const Fd& place, const std::string& pid, const std::string& upper_folder) {
    const std::string id = mount_id_of(place) + " ";
    std::istringstream lines(runtime::read_file_if_exists("/proc/" + pid + "/mountinfo").value_or(""));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(id))
            return line.find(" - overlay ") != std::string::npos &&
                   (line + ",").find(",upperdir=" + upper_folder + ",") != std::string::npos;
    return false;
}

}  // namespace

std::optional<Fd> find_running_root(const layers::Store& store, const layers::ContainerRecord& container) {
    std::optional<runtime::SystemError> refusal;
    for (const std::string& pid : running_processes(store, container.id)) {
        try {
            const auto mounts = runtime::open_if_exists("/proc/" + pid + "/ns/mnt", O_RDONLY);
            const auto place = runtime::open_if_exists("/proc/" + pid + "/root", O_PATH | O_DIRECTORY);
            if (!mounts || !place || !is_root_with(*place, pid, container.diff_path())) continue;
            Fd root = runtime::clone_foreign_mount(*mounts, *place);
            runtime::log_debug("the container {} is shared with process {}", container.name, pid);
            return root;
        } catch (const runtime::SystemError& error) {
            // Else it has just ended.
            if (error.number() == EPERM || error.number() == EACCES) refusal = error;
        }
    }
    if (refusal)
        throw runtime::Error("another command runs in the container {}, and its files cannot be shared: {}",
                             quoted(container.name), refusal->message())
            .with_hint("run the script in builder unshare, where commands can share them");
    return std::nullopt;
}

ContainerTurn::ContainerTurn(const layers::Store& store, const layers::ContainerRecord& container)
    : store_(store), container_(container) {
    close_gate();
}

void ContainerTurn::close_gate() {
    if (!gate_) gate_ = open_lock(store_, container_.id + ".gate");
    gate_.lock(Kind::exclusive);
}

std::optional<Fd> ContainerTurn::root_of_others() {
    presence_ = open_lock(store_, container_.id);
    for (;;) {
        // Nobody gets in between the two: the gate is closed.
        if (presence_.try_lock(Kind::exclusive)) {
            presence_.lock(Kind::shared);
            return std::nullopt;
        }
        if (auto root = find_running_root(store_, container_)) {
            presence_.lock(Kind::shared);
            return root;
        }
        // Who is there is about to leave, and closes the gate for that.
        gate_.reset();
        presence_.lock(Kind::exclusive);
        presence_.unlock();
        close_gate();
    }
}

void ContainerTurn::join() {
    presence_ = open_lock(store_, container_.id);
    presence_.lock(Kind::shared);
    open_gate();
}

void ContainerTurn::be_alone(const std::string& hint) {
    presence_ = open_lock(store_, container_.id);
    if (presence_.try_lock(Kind::exclusive)) return;
    throw runtime::Error("another command runs in the container {}", quoted(container_.name)).with_hint(hint);
}

bool ContainerTurn::is_last() {
    close_gate();
    return presence_.try_lock(Kind::exclusive);
}

}  // namespace builder
