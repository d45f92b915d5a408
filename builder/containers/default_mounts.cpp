#include "builder/containers/default_mounts.hpp"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::vector<std::string> usual_files() {
    std::vector<std::string> files;
    const char* const home = std::getenv("HOME");
    if (::geteuid() != 0 && home != nullptr) files.push_back(std::string(home) + "/.config/containers/mounts.conf");
    files.emplace_back("/etc/containers/mounts.conf");
    files.emplace_back("/usr/share/containers/mounts.conf");
    return files;
}

std::vector<runtime::DeviceMount> parse_mounts(const std::string& text, const std::string& file) {
    std::vector<runtime::DeviceMount> mounts;
    std::istringstream lines(text);
    unsigned number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        line.erase(0, line.find_first_not_of(" \t"));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty() || line.starts_with("#")) continue;
        const std::size_t colon = line.find(':');
        const std::string host = line.substr(0, colon);
        const std::string container = colon == std::string::npos ? host : line.substr(colon + 1);
        if (!host.starts_with("/") || !container.starts_with("/"))
            throw Error("{}, line {}: {} is not HOST:CONTAINER", file, number, quoted(line))
                .with_hint("both are absolute paths");
        if (::access(host.c_str(), F_OK) == 0) mounts.push_back({host, container, true});
    }
    return mounts;
}

}  // namespace

std::vector<runtime::DeviceMount> default_mounts(const std::string& file) {
    if (!file.empty()) return parse_mounts(runtime::read_file(file), file);
    for (const std::string& usual : usual_files())
        if (const auto text = runtime::read_file_if_exists(usual)) return parse_mounts(*text, usual);
    return {};
}

}  // namespace builder
