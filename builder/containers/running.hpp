// The processes that work in containers right now: what other containers can share namespaces with.
#pragma once

#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// Says, as long as it lives, that a process is the first one of a container.
class RunningNote {
public:
    RunningNote(const layers::Store& store, const std::string& container_id, const runtime::Fd& process);
    ~RunningNote();
    RunningNote(const RunningNote&) = delete;
    RunningNote& operator=(const RunningNote&) = delete;

private:
    std::string path_;
};

/// The processes that notes speak of and that live, the one that has run longest first.
std::vector<std::string> running_processes(const layers::Store& store, const std::string& container_id);
/// The process that runs in a container, the one that has run longest. Throws Error where nothing runs there.
pid_t process_in(const layers::Store& store, const layers::ContainerRecord& container);

/// Opens a namespace ("pid", "ipc", "net", "uts", "cgroup", "mnt") of a process that runs in a container, the one that
/// has run longest. Throws Error where nothing runs there.
runtime::Fd open_namespace_of(const layers::Store& store, const layers::ContainerRecord& container,
                              const std::string& kind);

}  // namespace builder
