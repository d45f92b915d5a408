#include "builder/engine/run/runner_choice.hpp"

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/emulated_container.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Isolation;
using runtime::ProcessSpace;
using runtime::Runner;

/// Nothing can be mounted, or nothing is to be.
IsolatedRunner runner_of_emulation(const IsolationWish& wish, const runtime::HostRights& rights) {
    if (!runtime::keeps_owners_aside(rights.level))
        throw Error("--isolation emulated is for users who have one ID: here, files have their true owners")
            .with_hint("leave --isolation out: this user can have real containers");
    // Most of a build needs no container; where one does, this is said.
    if (const std::string refusal = runtime::refusal_of_emulation(); !refusal.empty())
        return {Runner::none(rights.reason + "; and " + refusal, rights.hint), Isolation::emulated, ""};
    runtime::hold_places_instead_of_mounts();
    runtime::keep_modes_aside(true);
    std::string notice = fmt::format(
        "steps run with --isolation emulated, slower than others and with the processes and the network of this "
        "machine: {}",
        rights.reason);
    return {Runner(ProcessSpace::none), Isolation::emulated,
            wish.isolation == Isolation::emulated ? std::string() : std::move(notice)};
}

/// Steps with --isolation chroot see the processes of the machine. A user namespace of their own keeps them from
/// reaching into those; its reason where it cannot be made, else empty.
std::string refusal_of_barrier() {
    try {
        runtime::identity_namespace();
        return "";
    } catch (const Error& error) {
        return error.full_message();
    }
}

IsolatedRunner runner_of_chroot() {
    if (const std::string refusal = refusal_of_barrier(); !refusal.empty())
        throw Error("--isolation chroot is not safe here, as steps could reach into the processes of this machine: {}",
                    refusal)
            .with_hint(
                "leave --isolation out where containers can be made, or allow user namespaces "
                "(sysctl user.max_user_namespaces)");
    return {Runner(ProcessSpace::host), Isolation::chroot, ""};
}

/// Where /proc cannot be mounted.
IsolatedRunner runner_without_proc(const IsolationWish& wish, const runtime::HostRights& rights,
                                   const std::string& refusal) {
    if (const std::string barrier = refusal_of_barrier(); !barrier.empty()) {
        runtime::HostRights emulated = rights;
        emulated.reason = fmt::format("{}; and --isolation chroot is not safe here: {}", refusal, barrier);
        return runner_of_emulation(wish, emulated);
    }
    std::string notice = fmt::format(
        "steps run with --isolation chroot, seeing the processes and the network of this machine: {}; parts of /proc "
        "are hidden here, as inside another container",
        refusal);
    return {Runner(ProcessSpace::host), Isolation::chroot, std::move(notice)};
}

IsolatedRunner runner_of(const IsolationWish& wish) {
    const runtime::HostRights& rights = runtime::acquire_rights();
    const Isolation isolation = isolation_for(wish);
    if (isolation == Isolation::emulated) return runner_of_emulation(wish, rights);
    if (isolation == Isolation::oci_runtime && runtime::keeps_owners_aside(rights.level))
        throw Error("an OCI runtime cannot keep the owners of files beside them: {}", rights.reason)
            .with_hint(rights.hint)
            .with_hint("leave --runtime out: builder makes containers by itself");
    if (isolation == Isolation::chroot) return runner_of_chroot();
    if (wish.shares_processes) return {Runner(ProcessSpace::host), isolation, ""};
    const std::string refusal = runtime::refusal_of_proc();
    if (refusal.empty()) return {Runner(), isolation, ""};
    return runner_without_proc(wish, rights, refusal);
}

/// What was asked for by name is had or refused, never left out without a word.
void refuse_missing_namespaces(const IsolationWish& wish, const IsolatedRunner& chosen) {
    if (chosen.isolation != Isolation::chroot && chosen.isolation != Isolation::emulated) return;
    const bool is_chroot = chosen.isolation == Isolation::chroot;
    for (const std::string& flag : wish.private_namespaces) {
        if (is_chroot && flag == "ipc") continue;
        throw Error("--{} private cannot be had with --isolation {}: steps share that with this machine", flag,
                    is_chroot ? "chroot" : "emulated")
            .with_hint(chosen.notice);
    }
}

}  // namespace

Isolation isolation_for(const IsolationWish& wish) {
    const bool is_left_to_us =
        !wish.isolation || *wish.isolation == Isolation::namespaces || *wish.isolation == Isolation::chroot;
    if (is_left_to_us && runtime::acquire_rights().level == runtime::Privileges::none) return Isolation::emulated;
    return wish.isolation.value_or(Isolation::namespaces);
}

IsolatedRunner choose_runner(const IsolationWish& wish) {
    IsolatedRunner chosen = runner_of(wish);
    refuse_missing_namespaces(wish, chosen);
    return chosen;
}

}  // namespace builder
