#include "builder/containers/running.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
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
    std::optional<std::string> text;
    try {
        text = runtime::read_file_if_exists("/proc/" + pid + "/stat");
    } catch (const runtime::SystemError& error) {
        // It ended between the two calls that reading takes.
        if (error.number() != ESRCH) throw;
    }
    if (!text) return std::nullopt;
    std::istringstream fields(text->substr(text->rfind(')') + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        if (!(fields >> field)) return std::nullopt;
    return field;
}

/// Nothing where the folder is gone.
std::optional<runtime::Fd> open_new(const std::string& path) {
    runtime::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file) return file;
    if (errno == ENOENT) return std::nullopt;
    throw runtime::SystemError("cannot write {}", quoted(path));
}

/// A folder that was removed meanwhile has none.
std::vector<runtime::FolderEntry> list_notes(const runtime::Fd& folder) {
    try {
        return runtime::list_folder(folder);
    } catch (const runtime::SystemError& error) {
        if (error.number() != ENOENT) throw;
        return {};
    }
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
    path_ = folder + "/" + pid;
    for (;;) {
        runtime::make_folders(folder, 0700);
        // Who leaves takes the folder away where it is empty.
        const auto file = open_new(path_);
        if (!file) continue;
        runtime::write_all(*file, *start, path_);
        return;
    }
}

RunningNote::~RunningNote() {
    if (path_.empty()) return;
    ::unlink(path_.c_str());
    ::rmdir(path_.substr(0, path_.rfind('/')).c_str());
}

std::vector<std::string> running_processes(const layers::Store& store, const std::string& container_id) {
    const std::string folder = folder_of(store, container_id);
    std::vector<std::pair<std::uint64_t, std::string>> found;
    if (const auto notes = runtime::open_if_exists(folder, O_RDONLY | O_DIRECTORY)) {
        for (const runtime::FolderEntry& note : list_notes(*notes)) {
            const auto noted = runtime::read_file_if_exists(folder + "/" + note.name);
            const auto start = start_of(note.name);
            if (noted && start && *noted == *start) found.emplace_back(std::stoull(*start), note.name);
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> processes;
    for (auto& [ticks, process] : found) processes.push_back(std::move(process));
    return processes;
}

pid_t process_in(const layers::Store& store, const layers::ContainerRecord& container) {
    const std::vector<std::string> processes = running_processes(store, container.id);
    if (processes.empty())
        throw runtime::Error("nothing runs in the container {}, so it has no namespaces to share",
                             quoted(container.name))
            .with_hint(fmt::format("start something in it first: builder run {} -- sleep 1000 &", container.name));
    return std::stoi(processes.front());
}

runtime::Fd open_namespace_of(const layers::Store& store, const layers::ContainerRecord& container,
                              const std::string& kind) {
    return runtime::open_path(fmt::format("/proc/{}/ns/{}", process_in(store, container), kind), O_RDONLY);
}

}  // namespace builder
