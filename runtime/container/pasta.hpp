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

/// The address at which pasta answers for name servers that only the host itself can reach.
inline constexpr const char* pasta_resolver = "169.254.1.1";

/// A pasta that runs as long as this lives. When this process is killed, it ends too.
class PastaConnection {
public:
    /// `folder` is an empty folder for its files. `options` come after those that make a namespace that can reach the
    /// world and not be reached, so that they win; without any, the services of the host's loopback cannot be reached
    /// either. This process must be in a mount namespace of its own. Throws Error with pasta's own words.
    PastaConnection(const Fd& network_namespace, const std::string& folder, const std::vector<std::string>& options,
                    const StopSource& stop);
    ~PastaConnection();
    PastaConnection(const PastaConnection&) = delete;
    PastaConnection& operator=(const PastaConnection&) = delete;

private:
    struct Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace runtime
