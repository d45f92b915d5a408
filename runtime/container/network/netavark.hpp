// Networks as podman has them: JSON files that describe them, and the program netavark that makes them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/network/cni.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

struct NetavarkPlaces {
    std::string networks = "/etc/containers/networks";  ///< a file NAME.json for each
    std::vector<std::string> programs = {"/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"};
    std::string leases;  ///< a folder for addresses that are taken
};

struct NetavarkNetwork {
    std::string name;
    std::string description;  ///< JSON, as netavark wants it
};

/// The network of this name: out of its file, or podman's own, which needs none. Nothing where there is none, and where
/// netavark is not installed. Throws Error for a broken file.
std::optional<NetavarkNetwork> find_netavark_network(const std::string& name, const NetavarkPlaces& places);

/// A container's part in such a network: set up when it is made, taken down when it goes.
class NetavarkAttachment {
public:
    /// `network_namespace` is the path of one. The container gets an address of the first IPv4 subnet that nobody has;
    /// it is taken as long as this process lives. Throws Error with what netavark said.
    NetavarkAttachment(NetavarkNetwork network, std::string container_id, std::string network_namespace,
                       const NetavarkPlaces& places, const StopSource& stop);
    ~NetavarkAttachment();
    NetavarkAttachment(const NetavarkAttachment&) = delete;
    NetavarkAttachment& operator=(const NetavarkAttachment&) = delete;

    const CniResult& result() const noexcept { return result_; }

private:
    std::string request() const;

    NetavarkNetwork network_;
    std::string container_id_;
    std::string network_namespace_;
    std::string program_;
    std::string address_;
    Fd lease_;  ///< a lock that ends with this process, however it ends
    CniResult result_;
};

}  // namespace runtime
