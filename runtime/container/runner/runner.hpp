// The runner: a single-threaded program of its own that makes the containers. It lives in mount and PID namespaces of
// its own, so everything in it goes with it: after `kill -9` of the caller there is nothing to unmount and nothing to
// reap. Decision 0038.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/folders_in_root.hpp"

namespace runtime {

/// The three standard streams of a container.
struct ContainerStreams {
    Fd input;
    Fd output;
    Fd errors;
};

/// How a container ended.
struct ContainerResult {
    bool started = false;  ///< false: `failed_step` and `failure` say why
    int exit_code = 0;     ///< as a shell gives it: 128 + the signal where one ended it
    int signal = 0;        ///< 0 where it exited by itself
    std::string failed_step;
    std::string failure;
    std::string hint;
    ResourceUse use;
    std::uint64_t memory_kills = 0;  ///< processes of it that were ended for their memory, in cgroups that are gone
    std::vector<MadePath> made;      ///< mount points that were made in the upper folder: paths inside the root
};

/// A container that was asked for. Destroying it ends the container.
class RunningContainer {
public:
    explicit RunningContainer(Fd status) noexcept : status_(std::move(status)) {}
    /// Becomes readable when receive() has something.
    const Fd& status() const noexcept { return status_; }
    /// Takes the next message; the result once the container has ended. Throws Error where the runner is gone.
    std::optional<ContainerResult> receive();
    /// Sends a signal to the first process of the container; the end of that one ends all others.
    void kill(int signal);
    /// A pidfd of the first process; invalid before receive() was told of it.
    const Fd& process() const noexcept { return process_; }
    /// Whether its mounts are made and its command is about to run, as far as receive() was told.
    bool is_set_up() const noexcept { return is_set_up_; }
    /// Called by receive() with the descriptor of watch_for_sockets(), where the spec asks for it.
    std::function<void(Fd)> on_sockets;
    /// The controlling end of its terminal, where it has one and receive() was told of it.
    const Fd& terminal() const noexcept { return terminal_; }

private:
    Fd status_;
    Fd process_;
    Fd terminal_;
    bool is_set_up_ = false;
    ContainerResult result_;
};

/// Where the runner's processes are counted.
enum class ProcessSpace {
    own,   ///< in a PID namespace that ends with the runner
    host,  ///< in the program's, so that containers can share one that exists
    none,  ///< there too, and nothing else is its own: for emulated containers, which need no right
};

/// Why /proc cannot be mounted in namespaces that this process makes: only in a user namespace can that be refused
/// where other mounts are not (mount_too_revealing() of the kernel). Empty where it can. Throws SystemError where the
/// namespaces themselves cannot be made.
std::string refusal_of_proc();

/// The caller's end of the runner process. Thread-safe.
class Runner {
public:
    /// A runner that starts when the first container is asked for.
    explicit Runner(ProcessSpace processes = ProcessSpace::own);

    /// One that can run nothing, for work that only has to be given one, or where the host allows nothing, for that
    /// reason.
    static Runner none(std::string reason = "", std::string hint = "");

    /// Throws Error where it can run nothing, with the reason.
    void require() const;

    /// Asks for a container. mount_sources are what the bind mounts of the spec refer to, by index: detached mounts
    /// (clone_mount), because a mount namespace takes no mounts of another one. Throws Error where the runner cannot be
    /// started.
    RunningContainer run(ContainerSpec spec, ContainerStreams streams, std::vector<Fd> mount_sources) const;

    /// Its process, as this program counts processes; starts it. 0 where it can run nothing.
    pid_t process_number() const;

    Runner(Runner&& other) noexcept;
    Runner& operator=(Runner&&) = delete;
    /// Ends the runner with everything in it, and reaps it.
    ~Runner();

private:
    struct Process;  ///< started at most once
    Process& started() const;
    std::unique_ptr<Process> process_;  ///< nothing where it can run nothing
    std::string reason_;                ///< why it can run nothing
    std::string hint_;
};

}  // namespace runtime
