// A container as the process beside it knows it, and the calls that it carries out for the processes in it.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/emulated/ipc_objects.hpp"
#include "runtime/emulated/late_answers.hpp"
#include "runtime/emulated/memory.hpp"
#include "runtime/emulated/mount_table.hpp"
#include "runtime/emulated/path_walk.hpp"
#include "runtime/emulated/process_table.hpp"
#include "runtime/emulated/refusal.hpp"
#include "runtime/emulated/sockets.hpp"
#include "runtime/sys/capabilities.hpp"
#include "runtime/sys/seccomp_listener.hpp"

namespace runtime::emulated {

/// What a container is, besides its processes.
struct Emulation {
    explicit Emulation(const Fd& root) : mounts(root), paths(mounts, processes) {}
    Emulation(const Emulation&) = delete;
    Emulation& operator=(const Emulation&) = delete;

    MountTable mounts;
    ProcessTable processes;
    PathWalk paths;
    LateAnswers late;
    Sockets sockets;
    IpcObjects ipc;
    bool has_network = true;
    CapabilitySet capabilities = 0;  ///< what root in it is told that it has
    pid_t first = 0;                 ///< the first process
    std::string hostname;
    Fd terminal;  ///< the end of the container's terminal that programs have
};

/// A call that waits for its answer.
struct Call {
    Emulation& container;
    const Listener& listener;
    std::uint64_t question = 0;
    int number = 0;
    pid_t thread = 0;
    std::array<std::uint64_t, 6> given{};
    Process& process;
    Memory memory;

    int descriptor(std::size_t index) const { return static_cast<int>(given.at(index)); }
    int flags(std::size_t index) const { return static_cast<int>(given.at(index)); }
    mode_t mode(std::size_t index) const { return static_cast<mode_t>(given.at(index)) & 07777; }
    std::string text(std::size_t index) const { return memory.read_text(given.at(index)); }
    /// The place of a path that starts at a descriptor, AT_FDCWD for the working directory.
    Place place(int descriptor, std::size_t path, LastLink last) const {
        return container.paths.find(thread, process, descriptor, text(path), last);
    }
    /// The same, where an empty path may stand for the descriptor itself: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW.
    Place place_by_flags(int descriptor, std::size_t path, int flags) const;
    Place place_of_descriptor(std::size_t index) const {
        return container.paths.descriptor_place(thread, process, descriptor(index));
    }
    bool is_root() const { return process.ids.users[1] == 0; }
};

/// What is answered. Calls fail by throwing Refusal.
struct Reply {
    std::int64_t value = 0;
    Fd file = Fd();              ///< becomes a descriptor of the process, which is the value then
    bool close_on_exec = false;  ///< of the file
    bool passes = false;         ///< the kernel is to carry it out itself
    bool is_later = false;       ///< somebody else answers
};

using Handler = std::function<Reply(const Call&)>;
using CallTable = std::map<int, Handler>;

void add_open_calls(CallTable& table);
void add_status_calls(CallTable& table);
void add_name_calls(CallTable& table);
void add_attribute_calls(CallTable& table);
void add_xattr_calls(CallTable& table);
void add_place_calls(CallTable& table);
void add_identity_calls(CallTable& table);
void add_process_calls(CallTable& table);
void add_socket_calls(CallTable& table);
void add_ipc_calls(CallTable& table);

/// Every call that is carried out here, by its number.
const CallTable& all_calls();

/// Throws Refusal with EROFS.
void require_writable(const Call& call, const Place& place);

}  // namespace runtime::emulated
