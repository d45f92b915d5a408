#include "builder/cli/flags/container_flags.hpp"

#include <algorithm>
#include <cstdlib>

#include "builder/cli/containers_conf.hpp"
#include "builder/steps/etc_lines.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

void pass_proxies(ContainerRun& run) {
    for (const char* name :
         {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"})
        if (const char* const value = std::getenv(name)) run.environment.push_back(fmt::format("{}={}", name, value));
}

}  // namespace

void set_resolver(RunSettings& settings, const std::vector<std::string>& servers,
                  const std::vector<std::string>& options, const std::vector<std::string>& searches) {
    const bool is_none = std::find(servers.begin(), servers.end(), "none") != servers.end();
    if (is_none && servers.size() > 1)
        throw runtime::Error("invalid --dns, --dns=none may not be used with any other --dns options");
    if (is_none && !searches.empty())
        throw runtime::Error("invalid --dns-search, --dns-search may not be used with --dns=none");
    if (is_none && !options.empty())
        throw runtime::Error("invalid --dns-option, --dns-option may not be used with --dns=none");
    settings.makes_resolver_file = servers != std::vector<std::string>{"none"};
    if (!settings.makes_resolver_file) return;
    for (const std::string& server : servers) require_one_line(server, "--dns");
    for (const std::string& option : options) require_one_line(option, "--dns-option");
    for (const std::string& domain : searches) require_one_line(domain, "--dns-search");
    settings.resolver = {servers, searches, options};
}

std::vector<Flag> container_flags(ContainerFlags& flags) {
    std::vector<Flag> result = run_flags(flags.run);
    // Here the network can be another container's, too.
    std::erase_if(result, [](const Flag& one) { return one.name == "network"; });
    std::vector<Flag> more = {
        flag("network", 0, "MODE", "network namespace: host, none, container:NAME or a path", flags.namespaces.network),
        flag("pid", 0, "MODE", "PID namespace: private, host, container:NAME or a path", flags.namespaces.pid),
        flag("ipc", 0, "MODE", "IPC namespace: private, host, container:NAME or a path", flags.namespaces.ipc),
        flag("uts", 0, "MODE", "UTS namespace: private, host, container:NAME or a path", flags.namespaces.uts),
        flag("cgroupns", 0, "MODE", "cgroup namespace: private, host, container:NAME or a path",
             flags.namespaces.cgroup),
        flag("volume", 'v', "HOST:CONTAINER[:OPTIONS]", "bind mount a host path; options: ro, O, U", flags.volumes),
        flag("dns", 0, "ADDRESS", "DNS server to use; none keeps the image's /etc/resolv.conf", flags.dns_servers),
        flag("dns-option", 0, "OPTION", "DNS option for /etc/resolv.conf", flags.dns_options),
        flag("dns-search", 0, "DOMAIN", "DNS search domain", flags.dns_searches),
        flag("http-proxy", 0, "pass the host's proxy variables to the command (default true)", flags.passes_proxies),
    };
    more.front().aliases = {"net"};
    for (Flag& one : more) result.push_back(std::move(one));
    return result;
}

void keep_values(std::vector<Flag>& flags, KeptSettings& settings) {
    for (Flag& one : flags)
        one.set = [name = one.name, inner = std::move(one.set), &settings](const std::string& value) {
            inner(value);
            settings[name].push_back(value);
        };
}

void replay(const std::vector<Flag>& flags, const KeptSettings& settings) {
    for (const Flag& one : flags) set_defaults(one, settings.contains(one.name));
    for (const auto& [name, values] : settings) {
        const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& one) { return one.name == name; });
        if (found == flags.end()) continue;
        for (const std::string& value : values) found->set(value);
    }
}

namespace {

/// No flag has a name of two words.
constexpr const char* capabilities_key = "usual capabilities";

}  // namespace

void keep_capabilities(KeptSettings& settings) {
    const auto& given = containers_conf().capabilities;
    settings[capabilities_key] = given ? *given : runtime::capability_names(runtime::default_capabilities());
}

std::optional<std::vector<std::string>> kept_capabilities(const KeptSettings& settings) {
    const auto found = settings.find(capabilities_key);
    return found == settings.end() ? std::nullopt : std::optional(found->second);
}

void apply_container_flags(const ContainerFlags& flags, ContainerRun& run, std::vector<std::string>& notices) {
    run.settings = make_run_settings(flags.run, notices);
    set_resolver(run.settings, flags.dns_servers, flags.dns_options, flags.dns_searches);
    run.namespaces = flags.namespaces;
    run.network = flags.namespaces.network == "none" ? runtime::NetworkMode::none : runtime::NetworkMode::host;
    run.kept_volumes = flags.volumes;
    if (flags.passes_proxies) pass_proxies(run);
}

}  // namespace builder
