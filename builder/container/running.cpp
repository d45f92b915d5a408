#include "builder/container/running.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {
namespace {

using runtime::quoted;

std::string folder_of(const layers::Store& store, const std::string& container_id) {
    return store.location().runroot + "/running/" + container_id;
}

/// When a process was started, in ticks since the boot; nothing where there is none. It tells processes apart that had
/// the same number. proc(5), /proc/pid/stat, field 22.
std::optional<std::string> start_of(const std::string& pid) {
    const auto text = runtime::read_file_if_exists("/proc/" + pid + "/stat");
    if (!text) return std::nullopt;
    std::istringstream fields(text->substr(text->rfind(')') + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        if (!(fields >> field)) return std::nullopt;
    return field;
}

std::string pid_of(const runtime::Fd& process) {
    std::istringstream lines(runtime::read_file(fmt::format("/proc/self/fdinfo/{}", process.get())));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("Pid:")) return line.substr(line.find_first_not_of("\t ", 4));
    return "";
}

}  // namespace

RunningNote::RunningNote(const layers::Store& store, const std::string& container_id, const runtime::Fd& process) {
    const std::string pid = pid_of(process);
    const auto start = start_of(pid);
    if (!start) return;
    const std::string folder = folder_of(store, container_id);
    runtime::make_folders(folder, 0700);
    path_ = folder + "/" + pid;
    const runtime::Fd file = runtime::open_path(path_, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    runtime::write_all(file, *start, path_);
}

RunningNote::~RunningNote() {
    if (path_.empty()) return;
    ::unlink(path_.c_str());
    ::rmdir(path_.substr(0, path_.rfind('/')).c_str());
}

pid_t process_in(const layers::Store& store, const layers::ContainerRecord& container) {
    const std::string folder = folder_of(store, container.id);
    std::string chosen;
    std::uint64_t chosen_start = 0;
    if (const auto notes = runtime::open_if_exists(folder, O_RDONLY | O_DIRECTORY)) {
        for (const runtime::FolderEntry& note : runtime::list_folder(*notes)) {
            const auto noted = runtime::read_file_if_exists(folder + "/" + note.name);
            const auto start = start_of(note.name);
            if (!noted || !start || *noted != *start) continue;
            const std::uint64_t ticks = std::stoull(*start);
            if (!chosen.empty() && ticks >= chosen_start) continue;
            chosen = note.name;
            chosen_start = ticks;
        }
    }
    if (chosen.empty())
        throw runtime::Error("nothing runs in the container {}, so it has no namespaces to share",
                             quoted(container.name))
            .with_hint(fmt::format("start something in it first: builder run {} -- sleep 1000 &", container.name));
    return std::stoi(chosen);
}

runtime::Fd open_namespace_of(const layers::Store& store, const layers::ContainerRecord& container,
                              const std::string& kind) {
    return runtime::open_path(fmt::format("/proc/{}/ns/{}", process_in(store, container), kind), O_RDONLY);
}

runtime::Fd hold_alone(const layers::Store& store, const layers::ContainerRecord& container) {
    const std::string folder = store.location().runroot + "/running-locks";
    runtime::make_folders(folder, 0700);
    runtime::Fd lock = runtime::open_path(folder + "/" + container.id, O_RDWR | O_CREAT, 0600);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    throw runtime::Error("another command runs in the container {}", quoted(container.name))
        .with_hint(fmt::format("mount it first, then several can: builder mount {}", container.name));
}

}  // namespace builder
