// pasta (package passt): connects a network namespace to the host's network by ordinary sockets, without rights.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// Why pasta cannot be used here; empty where it can.
std::string refusal_of_pasta();

struct PastaOptions {
    std::vector<std::string> words;   ///< come after those of builder, so that they win
    bool reaches_host = false;        ///< the gateway's address is this machine, its loopback too
    bool asks_host_for_names = true;  ///< what asks for names is to ask the servers of the host
    std::string forwarded_names;      ///< the address of ForwardedNames; empty: none
};

/// A pasta that runs as long as this lives. When this process is killed, it ends too.
class PastaConnection {
public:
    /// `folder` is an empty folder for its files. Without options the namespace can reach the world and not be reached,
    /// and the services of the host's loopback cannot be reached either. Throws Error with pasta's own words.
    PastaConnection(const Fd& network_namespace, const std::string& folder, const PastaOptions& options,
                    const StopSource& stop);
    ~PastaConnection();
    PastaConnection(const PastaConnection&) = delete;
    PastaConnection& operator=(const PastaConnection&) = delete;

private:
    struct Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace runtime
