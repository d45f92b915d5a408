// What a new process does to become the container: a list of named steps, in order, then exec.
// It runs in a child of the single-threaded runner, so ordinary C++ is safe.
#pragma once

#include <functional>
#include <vector>

#include "runtime/container/container_spec.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/folders_in_root.hpp"

namespace runtime {

/// The namespaces that all containers of a build share.
struct SandboxNamespaces {
    Fd isolated_network;  ///< with nothing but a loopback; made when the first step asks for no network
};

/// What the steps work on.
struct SetupState {
    const ContainerSpec& spec;
    const SandboxNamespaces& sandbox;
    const std::vector<Fd>& mount_sources;
    const Fd& owner_records;          ///< a socket to the process that notes owners, where there is one
    const Fd& status;                 ///< the socket to the caller; see StatusMessage
    Fd root = Fd();                   ///< of the container, once it is mounted
    Fd proc = Fd();                   ///< what is mounted at /proc
    Fd sys = Fd();                    ///< what is mounted at /sys
    Fd null_device = Fd();            ///< of the container's own /dev, before anything else is mounted there
    Fd terminal = Fd();               ///< the controlling end, once it is open
    Fd sockets = Fd();                ///< where those that are asked for are watched
    std::vector<MadePath> made = {};  ///< mount points that were missing in the image
    std::string scratch_folder = spec.scratch_folder;
};

/// An ID of the container as the host has it. Throws Error where the mapping has none for it.
uid_t user_outside(const ContainerSpec& spec, uid_t user);
gid_t group_outside(const ContainerSpec& spec, gid_t group);

struct SetupStep {
    const char* name;
    std::function<void(SetupState&)> perform;
};

/// The steps from a fresh process in new mount, PID and cgroup namespaces up to the moment before exec.
const std::vector<SetupStep>& setup_steps();

/// The same where no right at all is needed: for an emulated container, whose root is not entered.
const std::vector<SetupStep>& emulated_setup_steps();

/// Replaces this process by the container's command. Returns only by throwing an Error whose exit code is 126 or 127.
[[noreturn]] void execute_command(const ContainerSpec& spec);

}  // namespace runtime
