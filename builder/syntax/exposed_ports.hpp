// What EXPOSE takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// The ports of one argument as they stand in an image's configuration: "80" is {"80/tcp"}, "7000-7001/udp" two of
/// them. An address and a port of the host in front (`127.0.0.1:8080:80`) are checked and dropped. Throws Error
/// otherwise.
std::vector<std::string> parse_exposed_ports(std::string_view specification);

}  // namespace builder
