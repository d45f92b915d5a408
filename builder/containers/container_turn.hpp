// Several commands at once in one container that is not mounted: all of them see the files through one stack of
// folders, for the kernel leaves it open what two stacks over one upper folder would make of it.
#pragma once

#include <optional>

#include "layers/store/store.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/file_lock.hpp"

namespace builder {

/// A command's stay in a container. Two locks of the container: the gate, held while somebody decides whether to stack
/// the folders or to share what another one has stacked, and the presence, shared by all who use such a stack.
class ContainerTurn {
public:
    /// Waits for the gate.
    ContainerTurn(const layers::Store& store, const layers::ContainerRecord& container);

    /// The root that others work in, as a detached mount; nothing where nobody does, so that this command may stack the
    /// folders. Throws Error where others are there whose root cannot be had.
    std::optional<runtime::Fd> root_of_others();
    /// For a container that is mounted: others may come at once, for they find the mount.
    void join();
    /// Where folders cannot be shared. Throws Error where another command is there.
    void be_alone(const std::string& hint);
    /// This command's root can be found by others (a RunningNote says where): the next one may decide.
    void open_gate() { gate_.reset(); }

    /// At the end: whether nobody else has the folders stacked, so that they may be changed where they are. The gate is
    /// closed till the turn ends.
    bool is_last();

    /// Waits for it, where it is open.
    void close_gate();

private:
    const layers::Store& store_;
    const layers::ContainerRecord& container_;
    runtime::FileLock gate_;
    runtime::FileLock presence_;
};

/// The root of a process that runs in the container, as a detached mount; nothing where there is none that has the
/// container's folder on top.
std::optional<runtime::Fd> find_running_root(const layers::Store& store, const layers::ContainerRecord& container);

}  // namespace builder
