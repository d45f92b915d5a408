#include "runtime/container/network/network_sandbox.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

/// Programs find a descriptor of this process only by its number.
std::string path_for_others(const Fd& file) {
    return fmt::format("/proc/{}/fd/{}", ::getpid(), file.get());
}

}  // namespace

NetworkSandbox::NetworkSandbox(const CniNetwork& network, const std::string& id, const NetworkPlaces& places,
                               const StopSource& stop)
    : namespace_(make_network_namespace()),
      attachment_(std::make_unique<CniAttachment>(network, id, path_for_others(namespace_), places.plugins, stop)),
      result_(attachment_->result()) {}

NetworkSandbox::NetworkSandbox(const NetavarkNetwork& network, const std::string& id, const NetavarkPlaces& places,
                               const StopSource& stop)
    : namespace_(make_network_namespace()),
      netavark_(std::make_unique<NetavarkAttachment>(network, id, path_for_others(namespace_), places, stop)),
      result_(netavark_->result()) {}

namespace {

/// Of IPv4. A line of the table is interface, destination and gateway, the addresses as the machine has them in memory.
std::string default_gateway() {
    std::istringstream lines(read_file_if_exists("/proc/net/route").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string interface, destination, gateway;
        fields >> interface >> destination >> gateway;
        if (destination != "00000000" || gateway == "00000000") continue;
        const in_addr address{static_cast<in_addr_t>(std::stoul(gateway, nullptr, 16))};
        std::array<char, INET_ADDRSTRLEN> text{};
        return ::inet_ntop(AF_INET, &address, text.data(), text.size());
    }
    throw Error("this machine cannot be reached from a private network: it has no route to the world");
}

}  // namespace

NetworkSandbox::NetworkSandbox(const std::string& folder, PastaOptions options, Moment moment, const StopSource& stop)
    : namespace_(make_network_namespace()) {
    const bool is_forwarded_otherwise =
        std::find(options.words.begin(), options.words.end(), "--dns-forward") != options.words.end();
    if (options.asks_host_for_names && !is_forwarded_otherwise) {
        ForwardedNames names = forward_names(resolver_file_of_host());
        options.forwarded_names = names.address;
        result_.resolver = std::move(names.file);
    }
    // pasta takes the gateway over from the host.
    if (options.reaches_host) result_.gateways = {default_gateway()};
    auto connect = [this, &stop, folder, options = std::move(options)] {
        pasta_ = std::make_unique<PastaConnection>(namespace_, folder, options, stop);
    };
    if (moment == Moment::at_once)
        connect();
    else
        on_demand_ = std::make_unique<NetworkOnDemand>(std::move(connect));
}

std::optional<CniNetwork> find_cni_network(const std::string& name, const NetworkPlaces& places) {
    std::vector<CniNetwork> networks = read_cni_networks(places.configurations);
    if (name.empty()) return networks.empty() ? std::nullopt : std::optional(std::move(networks.front()));
    std::string names;
    for (CniNetwork& network : networks) {
        if (network.name == name) return std::move(network);
        names += (names.empty() ? "" : ", ") + network.name;
    }
    throw Error("there is no network {} in {}", quoted(name), places.configurations)
        .with_hint(names.empty() ? "no network is configured there" : "the networks are " + names);
}

}  // namespace runtime
