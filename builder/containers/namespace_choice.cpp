#include "builder/containers/namespace_choice.hpp"

#include <unistd.h>

#include <utility>

#include "builder/containers/running.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
using Mode = runtime::NamespaceChoice::Mode;

/// The descriptor of a namespace that is to be shared, or nothing where the text asks for a fresh one or the host's.
std::optional<runtime::Fd> open_shared(layers::Store& store, const std::string& text, const std::string& kind) {
    if (text.starts_with("container:"))
        return open_namespace_of(store, require_container(store, text.substr(10)), kind);
    if (!text.starts_with("ns:") && !text.starts_with("/")) return std::nullopt;
    try {
        return runtime::open_path(text.starts_with("ns:") ? text.substr(3) : text, O_RDONLY);
    } catch (Error& error) {
        error.add_context("checking {} namespace", kind);
        throw;
    }
}

runtime::NamespaceChoice choose(layers::Store& store, const std::string& text, const std::string& flag,
                                const std::string& kind, SharedNamespaces& chosen) {
    runtime::NamespaceChoice choice;
    if (auto shared = open_shared(store, text, kind)) {
        choice.mode = Mode::joined;
        choice.source = static_cast<std::uint32_t>(chosen.sources.size());
        chosen.sources.push_back(std::make_shared<const runtime::Fd>(*std::move(shared)));
    } else if (text == "host") {
        choice.mode = Mode::host;
    } else if (!text.empty() && text != "private" && text != "container") {
        throw Error(
            "checking {} namespace: --{} takes host, private, container:NAME or the path of a namespace, not {}", kind,
            flag, quoted(text));
    }
    return choice;
}

}  // namespace

void require_namespace_paths(const NamespaceWishes& wishes) {
    for (const auto& [wish, kind] :
         {std::pair(&wishes.pid, "pid"), std::pair(&wishes.ipc, "ipc"), std::pair(&wishes.uts, "uts"),
          std::pair(&wishes.cgroup, "cgroup"), std::pair(&wishes.network, "network")}) {
        const std::string path = wish->starts_with("ns:") ? wish->substr(3) : *wish;
        if (path.starts_with("/") && ::access(path.c_str(), F_OK) != 0)
            throw runtime::SystemError("parsing namespace-related options: checking {} namespace: faccessat {}", kind,
                                       path);
    }
}

bool shares_processes(const NamespaceWishes& wishes) {
    return !wishes.pid.empty() && wishes.pid != "private" && wishes.pid != "container";
}

SharedNamespaces choose_namespaces(layers::Store& store, const NamespaceWishes& wishes) {
    SharedNamespaces chosen;
    chosen.kinds.pid = choose(store, wishes.pid, "pid", "pid", chosen);
    chosen.kinds.ipc = choose(store, wishes.ipc, "ipc", "ipc", chosen);
    chosen.kinds.uts = choose(store, wishes.uts, "uts", "uts", chosen);
    chosen.kinds.cgroup = choose(store, wishes.cgroup, "cgroupns", "cgroup", chosen);
    if (auto network = open_shared(store, wishes.network, "net")) {
        chosen.kinds.joined_network = static_cast<std::uint32_t>(chosen.sources.size());
        chosen.sources.push_back(std::make_shared<const runtime::Fd>(*std::move(network)));
    }
    return chosen;
}

}  // namespace builder
