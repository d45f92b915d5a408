// /etc/resolv.conf: who answers for names. resolv.conf(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime {

struct ResolverFile {
    std::vector<std::string> servers;   ///< addresses, the first is asked first
    std::vector<std::string> searches;  ///< domains
    std::vector<std::string> options;

    bool empty() const noexcept { return servers.empty() && searches.empty() && options.empty(); }
};

/// Of "search" and "domain" the last line counts. What is neither of these is left out.
ResolverFile parse_resolver_file(std::string_view text);
/// That of this machine; empty where there is none.
ResolverFile resolver_file_of_host();
/// Each of the three that is missing in the first is taken out of the second. A search for "." is one for nothing.
ResolverFile completed(ResolverFile file, const ResolverFile& otherwise);
std::string text_of(const ResolverFile& file);

/// How a network that pasta connects asks for names.
struct ForwardedNames {
    std::string address;  ///< what pasta is told to forward; empty: nothing has to be
    ResolverFile file;    ///< for the network
};

/// pasta asks the first server of a family for what is sent to one address, and lets all answers of that server come
/// from there. So the server itself cannot be asked any more, and the address takes its place. Servers on the host's
/// loopback cannot be reached from another network in any other way.
ForwardedNames forward_names(const ResolverFile& host);

}  // namespace runtime
