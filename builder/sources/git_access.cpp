#include "builder/sources/git_access.hpp"

#include "registry/http/url.hpp"
#include "runtime/base/base64.hpp"

namespace builder {

GitAccess git_access(const GitUrl& url, const std::map<std::string, std::string>& secrets, const SshAgents& ssh_agents,
                     std::string& plain_host) {
    GitAccess access;
    const GitAddress address = address_of(with_protocol(url.remote));
    const std::string& host = address.host;
    const bool is_http = address.protocol == "http" || address.protocol == "https";
    const auto find = [&](const std::string& name) -> const std::string* {
        if (!is_http) return nullptr;
        for (const std::string& id : {name + "." + host, name + "." + host.substr(0, host.find(':'))})
            if (const auto found = secrets.find(id); found != secrets.end()) return &found->second;
        const auto found = secrets.find(name);
        if (found == secrets.end()) return nullptr;
        if (plain_host.empty()) plain_host = host;
        return plain_host == host ? &found->second : nullptr;
    };
    const auto trimmed = [](std::string text) {
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        return text;
    };
    if (const std::string* header = find("GIT_AUTH_HEADER"))
        access.authorization = trimmed(*header);
    else if (const std::string* token = find("GIT_AUTH_TOKEN"))
        access.authorization = "basic " + runtime::encode_base64("x-access-token:" + trimmed(*token));
    if (!access.authorization.empty()) registry::require_private_way(with_protocol(url.remote), "the secret for git");
    if (const auto agent = ssh_agents.find("default"); agent != ssh_agents.end()) access.ssh_agent = agent->second.path;
    return access;
}

}  // namespace builder
