#include "builder/commands/isolation.hpp"

#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {

using runtime::Isolation;
using runtime::ProcessSpace;
using runtime::Runner;

Isolation parse_isolation(const std::string& text) {
    // Inside a user namespace or not, they are the same namespaces.
    if (text.empty() || text == "oci" || text == "rootless" || text == "default") return Isolation::namespaces;
    if (text == "chroot") return Isolation::chroot;
    throw runtime::Error("--isolation takes oci, rootless or chroot, not {}", runtime::quoted(text));
}

IsolatedRunner start_runner(const std::string& isolation, bool shares_processes) {
    const runtime::HostRights& rights = runtime::acquire_rights();
    // Most of a build needs no container; where one does, this is said.
    if (rights.level == runtime::Privileges::none)
        return {Runner::none(rights.reason, rights.hint), Isolation::chroot, ""};
    if (parse_isolation(isolation) == Isolation::chroot)
        return {Runner::start(ProcessSpace::host), Isolation::chroot, ""};
    std::optional<Runner> runner = Runner::start(shares_processes ? ProcessSpace::host : ProcessSpace::own);
    const std::string refusal = runner->refusal_of_proc();
    if (refusal.empty() || shares_processes) return {*std::move(runner), Isolation::namespaces, ""};
    // It has to be gone before another is made, which would hold its end of the socket too.
    runner.reset();
    std::string notice = fmt::format(
        "steps run with --isolation chroot, seeing the processes and the network of this machine: {}; parts of /proc "
        "are hidden here, as inside another container",
        refusal);
    return {Runner::start(ProcessSpace::host), Isolation::chroot, std::move(notice)};
}

}  // namespace builder
