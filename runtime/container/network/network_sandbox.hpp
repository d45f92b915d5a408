// A network namespace for all the steps of a build, and what connects it to the world.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/container/network/cni.hpp"
#include "runtime/container/network/netavark.hpp"
#include "runtime/container/network/network_namespace.hpp"
#include "runtime/container/network/network_on_demand.hpp"
#include "runtime/container/network/pasta.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

struct NetworkPlaces {
    std::string configurations = "/etc/cni/net.d";
    std::vector<std::string> plugins = {"/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"};
};

class NetworkSandbox {
public:
    /// A namespace with nothing but its loopback interface, joined to the CNI network of this name. Throws Error.
    NetworkSandbox(const CniNetwork& network, const std::string& id, const NetworkPlaces& places,
                   const StopSource& stop);

    /// The same, joined to a network of netavark.
    NetworkSandbox(const NetavarkNetwork& network, const std::string& id, const NetavarkPlaces& places,
                   const StopSource& stop);
    enum class Moment {
        at_once,
        on_demand,  ///< when a program of a watched container first asks for a socket
    };
    /// The same, connected by pasta. `folder` is where its files go, see PastaConnection. The result has a gateway
    /// where the host is to be reached. With Moment::on_demand all that is given has to live as long as this.
    NetworkSandbox(const std::string& folder, PastaOptions options, Moment moment, const StopSource& stop);

    const Fd& network_namespace() const noexcept { return namespace_; }
    const CniResult& result() const noexcept { return result_; }
    /// Nothing where it was connected at once.
    NetworkOnDemand* on_demand() const noexcept { return on_demand_.get(); }

private:
    Fd namespace_;
    std::unique_ptr<CniAttachment> attachment_;
    std::unique_ptr<NetavarkAttachment> netavark_;
    std::unique_ptr<PastaConnection> pasta_;
    CniResult result_;
    std::unique_ptr<NetworkOnDemand> on_demand_;
};

/// The network of this name, or the first one where the name is empty; nothing where there is none. Throws Error where
/// a named one is missing, with the names that there are.
std::optional<CniNetwork> find_cni_network(const std::string& name, const NetworkPlaces& places);

}  // namespace runtime
