// Which namespaces a command runs in, from the words of --pid, --ipc, --uts, --cgroupns and --network.
#pragma once

#include <string>
#include <vector>

#include "builder/steps/run_step.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// As the flags have them: "", private, container, host, a path, ns:PATH or container:NAME.
struct NamespaceWishes {
    std::string pid;
    std::string ipc;
    std::string uts;
    std::string cgroup;
    std::string network;
};

/// Whether it needs a runner whose processes are counted with the host's.
bool shares_processes(const NamespaceWishes& wishes);

/// Throws Error for the path of a namespace that is not there.
void require_namespace_paths(const NamespaceWishes& wishes);

/// Opens what is to be shared; a network only where the wish is for one that is there. Throws Error for words that mean
/// nothing, and where there is no such namespace.
SharedNamespaces choose_namespaces(layers::Store& store, const NamespaceWishes& wishes);

}  // namespace builder
