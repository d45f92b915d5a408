#include "builder/syntax/exposed_ports.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr std::array<std::string_view, 3> protocols = {"tcp", "udp", "sctp"};

[[noreturn]] void refuse(std::string_view specification, std::string_view reason, std::string hint = {}) {
    throw runtime::Error("invalid port: {}: {}", runtime::quoted(specification), reason).with_hint(std::move(hint));
}

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    int size() const { return last - first; }
};

std::uint16_t parse_port(std::string_view text, std::string_view specification) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size())
        refuse(specification, runtime::quoted(text) + " is no port number (0 to 65535)");
    return port;
}

PortRange parse_range(std::string_view text, std::string_view specification) {
    const std::size_t dash = text.find('-');
    PortRange range;
    range.first = parse_port(text.substr(0, dash), specification);
    range.last = dash == std::string_view::npos ? range.first : parse_port(text.substr(dash + 1), specification);
    if (range.first > range.last) refuse(specification, "the range ends before it starts");
    return range;
}

void check_address(std::string_view address, std::string_view specification) {
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    const std::string text(address);
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) != 1 && ::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
        refuse(specification, "invalid IP address " + runtime::quoted(address));
}

/// Cuts the text behind the last colon off.
std::string_view take_last_part(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    const std::string_view part = colon == std::string_view::npos ? text : text.substr(colon + 1);
    text = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
    return part;
}

}  // namespace

std::vector<std::string> parse_exposed_ports(std::string_view specification) {
    std::string_view rest = specification;
    const std::string_view container = take_last_part(rest);
    const std::string_view host = take_last_part(rest);
    const std::size_t slash = container.find('/');
    const std::string_view port = container.substr(0, slash);
    if (port.empty()) refuse(specification, "no port specified");
    std::string protocol = slash == std::string_view::npos ? "tcp" : to_lower(container.substr(slash + 1));
    if (protocol.empty()) protocol = "tcp";
    if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end())
        refuse(specification, "invalid proto " + runtime::quoted(protocol) + ", it must be tcp, udp or sctp",
               did_you_mean(protocol, protocols));
    if (!rest.empty()) check_address(rest, specification);
    const PortRange range = parse_range(port, specification);
    if (!host.empty() && range.size() != 0 && parse_range(host, specification).size() != range.size())
        refuse(specification, "the ranges of host and container differ in length");
    if (!host.empty()) parse_range(host, specification);
    std::vector<std::string> ports;
    for (unsigned number = range.first; number <= range.last; ++number)
        ports.push_back(fmt::format("{}/{}", number, protocol));
    return ports;
}

}  // namespace builder
