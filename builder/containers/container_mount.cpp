#include "builder/containers/container_mount.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "builder/containers/container_turn.hpp"
#include "builder/containers/security_options.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/copied_root.hpp"
#include "layers/store/store_folders.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/container/isolation/root_mount.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using runtime::quoted;
using runtime::SystemError;

/// mountinfo writes blanks, tabs, line ends and backslashes as \ooo.
std::string unescaped(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// The mount points of this mount namespace. proc(5), /proc/pid/mountinfo.
std::set<std::string> mount_points() {
    std::set<std::string> points;
    std::istringstream lines(runtime::read_file("/proc/self/mountinfo"));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string skipped, point;
        for (int i = 0; i < 4; ++i) fields >> skipped;
        if (fields >> point) points.insert(unescaped(point));
    }
    return points;
}

std::string folder_of(const layers::Store& store, const std::string& container_id) {
    return store.location().runroot + "/containers/" + container_id;
}

/// Nobody else walks to what is mounted there: it has set-user-ID programs and devices.
void make_folder_of(const layers::Store& store, const std::string& container_id) {
    layers::make_private_folder(store.location().runroot + "/containers");
    layers::make_private_folder(folder_of(store, container_id));
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
    return real ? real.get() : path;
}

}  // namespace

std::string mount_point_of(const layers::Store& store, const std::string& container_id) {
    return real_path(store.location().runroot) + "/containers/" + container_id + "/root";
}

std::string copy_place(const layers::ContainerRecord& container) {
    return container.folder + "/copy";
}

std::string mount_point_if_mounted(const layers::Store& store, const layers::ContainerRecord& container) {
    if (const std::string place = copy_place(container); CopiedRoot::exists(place)) return place + "/root";
    const std::string& container_id = container.id;
    // Most containers never are, and then there is no folder to look for.
    if (::access(folder_of(store, container_id).c_str(), F_OK) != 0) return "";
    const std::string point = mount_point_of(store, container_id);
    return mount_points().contains(point) ? point : "";
}

namespace {

/// All that is stacked, with the usual mount points at the bottom: a command that runs there leaves none behind.
std::vector<std::string> folders_of_copy(const WorkingContainer& container) {
    std::vector<std::string> folders = container.below().lower_folders();
    folders.insert(folders.begin(), container.record().diff_path());
    folders.push_back(make_stub_folder(container.store()));
    return folders;
}

/// Without overlayfs the place is a copy of all files; what is changed there comes back when it is unmounted.
std::string copy_container(WorkingContainer& container) {
    const std::string place = copy_place(container.record());
    CopiedRoot::remove(place);
    static_cast<void>(container.upper());
    const CopiedRoot copy(place, folders_of_copy(container));
    copy.fill();
    return copy.root();
}

void merge_copy(WorkingContainer& container, overlay::CopiedFiles files) {
    const std::string place = copy_place(container.record());
    if (!CopiedRoot::exists(place)) return;
    CopiedRoot(place, folders_of_copy(container))
        .merge_into(container.record().diff_path(), container.below().view(), container.store(), files);
}

/// The label that commands in the container will want its files to have.
std::string label_of(const WorkingContainer& container) {
    const auto options = container.state().settings.find("security-opt");
    RunSettings settings;
    std::vector<std::string> notices;
    apply_security_options(options == container.state().settings.end() ? std::vector<std::string>{} : options->second,
                           settings, notices, container.record().id);
    return settings.mount_label;
}

std::string mount_anew(WorkingContainer& container) {
    layers::Store& store = container.store();
    if (store.driver() == overlay::Driver::copies) return copy_container(container);
    const std::string& id = container.record().id;
    const std::string folder = folder_of(store, id);
    const std::string work = container.record().folder + "/work";
    make_folder_of(store, id);
    for (const char* name : {"/root", "/empty"}) runtime::make_folders(folder + name, 0755);
    static_cast<void>(container.upper());
    if (!container.root_of_others()) make_fresh_work_folder(work);
    const runtime::RootSpec root{container.below().lower_folders(), container.record().diff_path(), work,
                                 overlay::has_user_marks()};
    try {
        const runtime::Fd mount = container.root_of_others()
                                      ? container.root_of_others()->duplicate()
                                      : runtime::mount_root(root, folder + "/empty", label_of(container));
        const std::string point = mount_point_of(store, id);
        runtime::log_debug("mounts the container {} at {}: {} folders below {}", container.record().name, point,
                           root.lower_folders.size(), root.upper_folder);
        runtime::attach_mount(mount, runtime::open_path(point, O_PATH | O_DIRECTORY));
        return point;
    } catch (SystemError& error) {
        error.add_context("cannot mount the container {}", quoted(container.record().name));
        if (error.number() == EPERM)
            error.with_hint("mounting needs root; without it, run the script with builder unshare");
        throw;
    }
}

}  // namespace

namespace {

/// Keeps others out of a copy; a mount of the kernel does so by itself.
ContainerTurn turn_to_unmount(const layers::Store& store, const layers::ContainerRecord& container) {
    ContainerTurn turn(store, container);
    turn.be_alone("it can be unmounted when that has ended");
    return turn;
}

/// How many want it mounted, after `change`; a first mount begins to count.
int count_mounts(const layers::Store& store, const std::string& id, bool is_first, int change) {
    make_folder_of(store, id);
    const std::string path = folder_of(store, id) + "/mounts";
    const runtime::Fd file = runtime::open_path(path, O_RDWR | O_CREAT, 0600);
    while (::flock(file.get(), LOCK_EX) != 0)
        if (errno != EINTR) throw SystemError("cannot lock {}", quoted(path));
    const int before = is_first ? 0 : std::atoi(runtime::read_file(file, path).c_str());
    const int now = std::max(0, before + change);
    ::lseek(file.get(), 0, SEEK_SET);
    if (::ftruncate(file.get(), 0) != 0) throw SystemError("cannot write {}", quoted(path));
    runtime::write_all(file, std::to_string(now), path);
    return now;
}

}  // namespace

std::string mount_container(WorkingContainer& container) {
    layers::Store& store = container.store();
    const std::string& id = container.record().id;
    // Whoever mounts it at the same moment is waited for.
    container.enter();
    const bool is_first = container.mount_point().empty();
    std::string point = is_first ? mount_anew(container) : container.mount_point();
    count_mounts(store, id, is_first, 1);
    return point;
}

void keep_changes_of_copy(WorkingContainer& container) {
    merge_copy(container, overlay::CopiedFiles::kept);
}

bool unmount_container(layers::Store& store, const layers::ContainerRecord& record, bool wholly) {
    const std::string& container_id = record.id;
    const std::string point = mount_point_if_mounted(store, record);
    if (point.empty()) return false;
    if (!wholly && count_mounts(store, container_id, false, -1) > 0) return true;
    if (const std::string place = copy_place(record); CopiedRoot::exists(place)) {
        const ContainerTurn turn = turn_to_unmount(store, record);
        WorkingContainer container(store, container_id);
        merge_copy(container, overlay::CopiedFiles::given_away);
        CopiedRoot::remove(place);
        runtime::remove_tree(folder_of(store, container_id));
        return true;
    }
    if (::umount2(point.c_str(), UMOUNT_NOFOLLOW) != 0) {
        SystemError error("cannot unmount {}", quoted(point));
        if (error.number() == EBUSY) error.with_hint("a process still works in there");
        throw error;
    }
    runtime::remove_tree(folder_of(store, container_id));
    return true;
}

void discard_mount(layers::Store& store, const layers::ContainerRecord& record) {
    const std::string place = copy_place(record);
    if (!CopiedRoot::exists(place)) {
        unmount_container(store, record, true);
        return;
    }
    const ContainerTurn turn = turn_to_unmount(store, record);
    CopiedRoot::remove(place);
    runtime::remove_tree(folder_of(store, record.id));
}

std::vector<MountedContainer> mounted_containers(layers::Store& store) {
    std::vector<MountedContainer> mounted;
    const std::set<std::string> points = mount_points();
    for (layers::ContainerRecord& container : store.containers().list()) {
        std::string point = mount_point_of(store, container.id);
        if (const std::string place = copy_place(container); CopiedRoot::exists(place))
            mounted.push_back({std::move(container), place + "/root"});
        else if (points.contains(point))
            mounted.push_back({std::move(container), std::move(point)});
    }
    return mounted;
}

void make_fresh_work_folder(const std::string& path) {
    runtime::remove_tree(path);
    runtime::make_folders(path, 0700);
}

overlay::UpperState state_of_upper(const runtime::Fd& folder) {
    return runtime::list_folder(folder).empty() ? overlay::UpperState::fresh : overlay::UpperState::kept;
}

}  // namespace builder
