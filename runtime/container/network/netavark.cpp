#include "runtime/container/network/netavark.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/program.hpp"

namespace runtime {
namespace {

using nlohmann::json;

/// What podman uses where nobody configured anything.
constexpr const char* own_network = R"({
    "name": "podman", "id": "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9", "driver": "bridge",
    "network_interface": "podman0", "subnets": [{"subnet": "10.88.0.0/16", "gateway": "10.88.0.1"}],
    "ipv6_enabled": false, "internal": false, "dns_enabled": false, "ipam_options": {"driver": "host-local"}})";

std::string find_netavark(const NetavarkPlaces& places) {
    for (const std::string& path : places.programs)
        if (::access(path.c_str(), X_OK) == 0) return path;
    return find_program("netavark");
}

struct Subnet {
    std::uint32_t first = 0;  ///< of all its addresses, in the byte order of this machine
    std::uint32_t count = 0;
    std::string gateway;
};

/// "10.88.0.0/16"; nothing where it is none of IPv4.
std::optional<Subnet> parse_subnet(const json& description) {
    const std::string text = description.value("subnet", "");
    const auto slash = text.find('/');
    in_addr address{};
    unsigned bits = 0;
    if (slash == std::string::npos || ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1)
        return std::nullopt;
    std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
    if (bits == 0 || bits > 30) return std::nullopt;
    const std::uint32_t count = 1U << (32 - bits);
    return Subnet{ntohl(address.s_addr) & ~(count - 1), count, description.value("gateway", "")};
}

std::string address_text(std::uint32_t address) {
    const in_addr number{htonl(address)};
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &number, text, sizeof text);
    return text;
}

/// The last address whose file nobody has locked. The files stay: locks are what counts. podman, which keeps its own
/// books, gives them away from the first one on.
std::pair<std::string, Fd> take_address(const Subnet& subnet, const std::string& folder) {
    make_folders(folder, 0700);
    for (std::uint32_t offset = subnet.count - 2; offset > 0; --offset) {
        const std::string address = address_text(subnet.first + offset);
        if (address == subnet.gateway) continue;
        Fd lease = open_path(folder + "/" + address, O_RDWR | O_CREAT, 0600);
        if (::flock(lease.get(), LOCK_EX | LOCK_NB) == 0) return {address, std::move(lease)};
    }
    throw Error("all addresses of the network from {} on are taken", address_text(subnet.first));
}

CniResult parse_result(const std::string& text, const std::string& network) {
    CniResult result;
    result.json = text;
    const json status = json::parse(text).at(network);
    const json interfaces = status.value("interfaces", json::object());
    for (const json& interface : interfaces)
        for (const json& subnet : interface.value("subnets", json::array())) {
            const std::string address = subnet.value("ipnet", "");
            result.addresses.push_back(address.substr(0, address.find('/')));
            if (const std::string gateway = subnet.value("gateway", ""); !gateway.empty())
                result.gateways.push_back(gateway);
        }
    for (const json& server : status.value("dns_server_ips", json::array())) result.resolver.servers.push_back(server);
    for (const json& domain : status.value("dns_search_domains", json::array()))
        result.resolver.searches.push_back(domain);
    return result;
}

}  // namespace

std::optional<NetavarkNetwork> find_netavark_network(const std::string& name, const NetavarkPlaces& places) {
    if (find_netavark(places).empty() || name.find('/') != std::string::npos) return std::nullopt;
    const std::string path = places.networks + "/" + name + ".json";
    const auto text = read_file_if_exists(path);
    if (!text && name != "podman") return std::nullopt;
    try {
        json description = json::parse(text ? *text : own_network);
        // Names of containers are answered by another program, which steps have no use for.
        description["dns_enabled"] = false;
        return NetavarkNetwork{name, description.dump()};
    } catch (const json::exception& error) {
        throw Error("the network {} is broken: {}", quoted(path), error.what());
    }
}

NetavarkAttachment::NetavarkAttachment(NetavarkNetwork network, std::string container_id, std::string network_namespace,
                                       const NetavarkPlaces& places, const StopSource& stop)
    : network_(std::move(network)),
      container_id_(std::move(container_id)),
      network_namespace_(std::move(network_namespace)),
      program_(find_netavark(places)) {
    std::optional<Subnet> subnet;
    for (const json& one : json::parse(network_.description).value("subnets", json::array()))
        if (!subnet) subnet = parse_subnet(one);
    if (!subnet) throw Error("the network {} has no subnet of IPv4", quoted(network_.name));
    std::tie(address_, lease_) = take_address(*subnet, places.leases + "/" + network_.name);
    const ProgramResult said =
        run_program({.words = {program_, "setup", network_namespace_}, .input = request()}, &stop);
    if (said.exit_code != 0)
        throw Error("netavark could not set up the network {}: {}{}", quoted(network_.name), said.complaints,
                    said.output);
    try {
        result_ = parse_result(said.output, network_.name);
    } catch (const json::exception& error) {
        throw Error("the answer of netavark cannot be read: {}", error.what());
    }
}

std::string NetavarkAttachment::request() const {
    const json part = {{"static_ips", {address_}}, {"interface_name", "eth0"}};
    return json{{"container_id", container_id_},
                {"container_name", container_id_},
                {"networks", {{network_.name, part}}},
                {"network_info", {{network_.name, json::parse(network_.description)}}}}
        .dump();
}

NetavarkAttachment::~NetavarkAttachment() {
    try {
        run_program({.words = {program_, "teardown", network_namespace_}, .input = request()});
    } catch (const std::exception&) {
        // The interface goes with the namespace all the same.
    }
}

}  // namespace runtime
