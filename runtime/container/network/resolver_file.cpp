#include "runtime/container/network/resolver_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

/// Of no network that anybody has: pasta answers there.
constexpr const char* forwarded_ipv4 = "169.254.1.1";
constexpr const char* forwarded_ipv6 = "fd62:7569:6c64:6572::53";

bool is_ipv6(const std::string& server) {
    return server.find(':') != std::string::npos;
}

bool is_loopback(const std::string& server) {
    return server.starts_with("127.") || server == "::1";
}

std::vector<std::string> rest_of(std::istringstream& line) {
    std::vector<std::string> words;
    for (std::string word; line >> word && !word.starts_with('#') && !word.starts_with(';');) words.push_back(word);
    return words;
}

}  // namespace

ResolverFile parse_resolver_file(std::string_view text) {
    ResolverFile file;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword;
        words >> keyword;
        const std::vector<std::string> values = rest_of(words);
        if (values.empty()) continue;
        if (keyword == "nameserver") file.servers.push_back(values.front());
        if (keyword == "search") file.searches = values;
        if (keyword == "domain") file.searches = {values.front()};
        if (keyword == "options") file.options.insert(file.options.end(), values.begin(), values.end());
    }
    return file;
}

ResolverFile resolver_file_of_host() {
    return parse_resolver_file(read_file_if_exists("/etc/resolv.conf").value_or(""));
}

ResolverFile completed(ResolverFile file, const ResolverFile& otherwise) {
    if (file.servers.empty()) file.servers = otherwise.servers;
    if (file.searches.empty()) file.searches = otherwise.searches;
    if (file.options.empty()) file.options = otherwise.options;
    return file;
}

std::string text_of(const ResolverFile& file) {
    std::string text;
    if (!file.searches.empty() && file.searches != std::vector<std::string>{"."})
        text += fmt::format("search {}\n", fmt::join(file.searches, " "));
    for (const std::string& server : file.servers) text += "nameserver " + server + "\n";
    if (!file.options.empty()) text += fmt::format("options {}\n", fmt::join(file.options, " "));
    return text;
}

ForwardedNames forward_names(const ResolverFile& host) {
    ForwardedNames names{"", host};
    std::vector<std::string>& servers = names.file.servers;
    // Of IPv4 always, where there is one; of IPv6 only where it cannot be reached otherwise.
    auto forwarded = std::find_if_not(servers.begin(), servers.end(), is_ipv6);
    if (forwarded != servers.end())
        names.address = forwarded_ipv4;
    else if (forwarded = std::find_if(servers.begin(), servers.end(), is_loopback); forwarded != servers.end())
        names.address = forwarded_ipv6;
    if (!names.address.empty()) {
        const std::string server = *forwarded;
        *forwarded = names.address;
        std::erase(servers, server);
    }
    std::erase_if(servers, is_loopback);
    return names;
}

}  // namespace runtime
