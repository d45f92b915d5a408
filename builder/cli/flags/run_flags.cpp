#include "builder/cli/flags/run_flags.hpp"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <sstream>

#include "builder/cli/containers_conf.hpp"
#include "builder/cli/flag_words.hpp"
#include "builder/containers/security_options.hpp"
#include "builder/steps/etc_lines.hpp"
#include "builder/syntax/mount_options.hpp"
#include "layers/store/staging.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/container/network/network_sandbox.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/program.hpp"
#include "runtime/sys/seccomp.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

Flag number_flag(std::string name, char short_name, std::string description, std::optional<std::int64_t>& target) {
    return flag(std::move(name), short_name, "NUMBER", std::move(description), target);
}

/// What can be no number below zero.
Flag positive_flag(std::string name, char short_name, std::string description, std::optional<std::int64_t>& target) {
    Flag result = number_flag(std::move(name), short_name, std::move(description), target);
    result.set = [named = Flag{result.name, short_name, "", ""},
                  inner = std::move(result.set)](const std::string& value) {
        if (value.starts_with("-")) throw Error("{}", invalid_value(named, value, no_such_value("ParseUint", value)));
        inner(value);
    };
    return result;
}

runtime::CapabilitySet usual_capabilities(const RunFlags& flags) {
    const auto& names = flags.usual_capabilities ? flags.usual_capabilities : containers_conf().capabilities;
    if (!names) return runtime::default_capabilities();
    runtime::CapabilitySet set = 0;
    for (const std::string& name : *names) set |= runtime::capability(name);
    return set;
}

/// What containers.conf says that no flag does.
void apply_conf(RunSettings& settings, const ContainersConf& conf) {
    settings.environment = conf.environment;
    if (const auto hosts = conf.flags.find("no-hosts"); hosts != conf.flags.end() && !hosts->second.empty())
        settings.makes_hosts_file = hosts->second.front() != "true";
    if (conf.base_hosts_file == "image") settings.makes_hosts_file = false;
    if (conf.base_hosts_file.starts_with("/")) {
        std::istringstream lines(runtime::read_file(conf.base_hosts_file));
        for (std::string line; std::getline(lines, line);)
            if (!line.empty() && !line.starts_with("#")) settings.extra_hosts.push_back(line);
    }
    const std::string& internal = conf.host_containers_internal_ip;
    if (!internal.empty() && internal != "none")
        settings.extra_hosts.push_back(internal + "\thost.containers.internal");
}

/// "CAP_KILL" for kill.
std::string capability_name(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name.starts_with("CAP_") ? name : "CAP_" + name;
}

runtime::CapabilitySet make_capabilities(const RunFlags& flags) {
    const auto is_all = [](const std::string& name) {
        return ::strcasecmp(name.c_str(), "all") == 0 || ::strcasecmp(name.c_str(), "cap_all") == 0;
    };
    const auto has_all = [&](const std::vector<std::string>& names) {
        return std::any_of(names.begin(), names.end(), is_all);
    };
    const auto single = [&](const std::vector<std::string>& names) {
        runtime::CapabilitySet set = 0;
        for (const std::string& name : names)
            if (!is_all(name)) set |= runtime::capability(name);
        return set;
    };
    const runtime::CapabilitySet added = single(flags.added_capabilities), dropped = single(flags.dropped_capabilities);
    for (const std::string& name : flags.dropped_capabilities)
        if (!is_all(name) && (runtime::capability(name) & added) != 0)
            throw Error("capability \"{}\" cannot be dropped and added", capability_name(name));
    runtime::CapabilitySet set = usual_capabilities(flags);
    if (has_all(flags.added_capabilities)) set = runtime::capability("all");
    if (has_all(flags.dropped_capabilities)) set = 0;
    return (set | added) & ~dropped;
}

bool is_address(const std::string& text) {
    in6_addr parsed{};
    return text == "host-gateway" || ::inet_pton(AF_INET, text.c_str(), &parsed) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

/// "name:address" as a line of /etc/hosts.
std::string host_line(const std::string& text) {
    require_one_line(text, "--add-host");
    const auto separator = text.find_first_of(":=");
    if (separator == 0 || separator == std::string::npos || separator + 1 == text.size())
        throw Error("invalid value for add-host: bad format for add-host: \"{}\"", text)
            .with_hint("it looks like NAME:ADDRESS; several names have ';' between them");
    const std::string address = text.substr(separator + 1);
    if (!is_address(address))
        throw Error("invalid value for add-host: invalid IP address in add-host: \"{}\"", address);
    std::string names = text.substr(0, separator);
    std::replace(names.begin(), names.end(), ';', ' ');
    return address + "\t" + names;
}

std::uint64_t size_of(const char* sentence, const std::string& text) {
    try {
        return static_cast<std::uint64_t>(parse_size(text));
    } catch (const Error&) {
        throw Error("{}: invalid size: '{}'", sentence, text).with_hint("it is a number of bytes such as 64m or 1g");
    }
}

}  // namespace

std::vector<Flag> run_flags(RunFlags& flags) {
    std::vector<Flag> result = {
        flag("network", 0, "MODE",
             "network of the steps: private (where there is one), host, none, ns:PATH, pasta[:OPTION,…], or the name "
             "of a CNI network",
             flags.network),
        flag("cni-config-dir", 0, "FOLDER", "directory with CNI network configurations", flags.cni_config_folder),
        flag("cni-plugin-path", 0, "FOLDERS", "directories with CNI plugins", flags.cni_plugin_folders),
        flag("cap-add", 0, "NAME", "add a capability", flags.added_capabilities),
        flag("cap-drop", 0, "NAME", "drop a capability", flags.dropped_capabilities),
        flag("security-opt", 0, "OPTION",
             "security option: no-new-privileges, seccomp=, label=, apparmor=, mask=, unmask=", flags.security_options),
        flag("ulimit", 0, "NAME=SOFT:HARD", "set a resource limit", flags.ulimits),
        flag("add-host", 0, "NAME:ADDRESS", "add a line to /etc/hosts", flags.added_hosts),
        flag("device", 0, "DEVICE",
             "add a device to every step: /dev/NAME[:/dev/NAME][:rwm], or vendor.com/class=name (CDI)", flags.devices),
        flag("cdi-config-dir", 0, "FOLDER", "directory with CDI specifications, besides /etc/cdi", flags.cdi_folders),
        flag("shm-size", 0, "SIZE", "size of /dev/shm", flags.shm_size),
        flag("memory", 'm', "SIZE", "memory limit", flags.memory),
        flag("memory-swap", 0, "SIZE", "limit of memory plus swap; -1 means no limit", flags.memory_swap),
        positive_flag("cpu-shares", 'c', "CPU shares (relative weight; default 1024)", flags.limits.cpu_shares),
        positive_flag("cpu-period", 0, "CPU quota period in microseconds", flags.limits.cpu_period_microseconds),
        number_flag("cpu-quota", 0, "CPU quota in microseconds per period", flags.limits.cpu_quota_microseconds),
        number_flag("pids-limit", 0, "limit of processes", flags.limits.most_processes),
        flag("cpuset-cpus", 0, "LIST", "CPUs to use: 0-3,5", flags.limits.cpuset_cpus),
        flag("cpuset-mems", 0, "LIST", "memory nodes to use", flags.limits.cpuset_mems),
    };
    result.front().aliases = {"net"};
    for (Flag& one : user_namespace_flags(flags.user_namespace)) result.push_back(std::move(one));
    for (Flag& one : isolation_flags(flags.isolation)) result.push_back(std::move(one));
    return result;
}

RunSettings make_run_settings(const RunFlags& flags, std::vector<std::string>& notices) {
    RunSettings settings;
    apply_conf(settings, containers_conf());
    apply_isolation_flags(flags.isolation, settings);
    settings.user_namespace = make_user_namespace(flags.user_namespace);
    settings.capabilities = make_capabilities(flags);
    const runtime::CapabilitySet missing = settings.capabilities & ~runtime::bounding_capabilities();
    // An emulated step has none in truth, and needs none.
    if (missing != 0 && settings.isolation != runtime::Isolation::emulated)
        notices.emplace_back("this host does not have all capabilities that steps usually get; they run without those");
    settings.seccomp_profile = runtime::default_seccomp_profile();
    apply_security_options(flags.security_options, settings, notices, flags.container_id);
    for (const std::string& text : flags.ulimits) {
        std::string clamped;
        const runtime::ResourceLimit limit = runtime::parse_resource_limit(text, clamped);
        // The last one counts: to go up again behind a lower one is not allowed in a container.
        std::erase_if(settings.resource_limits,
                      [&](const runtime::ResourceLimit& other) { return other.resource == limit.resource; });
        settings.resource_limits.push_back(limit);
        if (!clamped.empty()) notices.push_back(std::move(clamped));
    }
    for (const std::string& host : flags.added_hosts) settings.extra_hosts.push_back(host_line(host));
    settings.cdi_folders.insert(settings.cdi_folders.end(), flags.cdi_folders.begin(), flags.cdi_folders.end());
    for (const std::string& device : flags.devices)
        settings.devices.add(runtime::is_cdi_name(device) ? runtime::require_cdi_device(device, settings.cdi_folders)
                                                          : runtime::find_host_device(device));
    if (settings.isolation != runtime::Isolation::oci_runtime && !settings.devices.hooks.empty())
        notices.push_back(notice_of_hooks(settings.devices.hooks));
    if (flags.shm_size) settings.shm_size_bytes = size_of("invalid --shm-size", *flags.shm_size);
    return settings;
}

runtime::CgroupLimits cgroup_limits(const RunFlags& flags) {
    runtime::CgroupLimits limits = flags.limits;
    if (!flags.memory.empty())
        limits.memory_bytes = static_cast<std::int64_t>(size_of("invalid value for memory", flags.memory));
    if (flags.memory_swap == "-1")
        limits.memory_and_swap_bytes = -1;
    else if (!flags.memory_swap.empty())
        limits.memory_and_swap_bytes =
            static_cast<std::int64_t>(size_of("invalid value for memory-swap", flags.memory_swap));
    return limits;
}

namespace {

runtime::NetworkPlaces network_places(const RunFlags& flags) {
    runtime::NetworkPlaces places;
    if (!flags.cni_config_folder.empty()) places.configurations = flags.cni_config_folder;
    if (flags.cni_plugin_folders.empty()) return places;
    places.plugins.clear();
    for (std::size_t start = 0; start <= flags.cni_plugin_folders.size();) {
        const std::size_t end = std::min(flags.cni_plugin_folders.find(':', start), flags.cni_plugin_folders.size());
        places.plugins.push_back(flags.cni_plugin_folders.substr(start, end - start));
        start = end + 1;
    }
    return places;
}

/// --add-host with host-gateway: the address of this machine, as seen from a step.
bool names_gateway(const std::string& host) {
    return host.starts_with("host-gateway\t");
}

/// What the plugins say of names goes into the files of the steps.
void apply_result(const runtime::CniResult& result, RunSettings& settings) {
    for (const std::string& address : result.addresses)
        settings.extra_hosts.push_back(address + "\t" + settings.hostname);
    for (std::string& line : settings.extra_hosts)
        if (names_gateway(line) && !result.gateways.empty())
            line = result.gateways.front() + line.substr(line.find('\t'));
    if (!result.resolver.servers.empty()) settings.resolver = completed(settings.resolver, result.resolver);
}

}  // namespace

namespace {

using Connect = std::function<std::string(RunSettings&, const std::string&)>;

void join_sandbox(const std::shared_ptr<const runtime::NetworkSandbox>& sandbox, RunSettings& settings) {
    apply_result(sandbox->result(), settings);
    settings.network_namespace = {sandbox, &sandbox->network_namespace()};
}

Connect connect_by_cni(runtime::CniNetwork network, runtime::NetworkPlaces places, const runtime::StopSource& stop) {
    return
        [network = std::move(network), places = std::move(places), &stop](RunSettings& settings, const std::string&) {
            const std::string id = "builder-" + layers::random_name();
            join_sandbox(std::make_shared<const runtime::NetworkSandbox>(network, id, places, stop), settings);
            return "";
        };
}

Connect connect_by_netavark(runtime::NetavarkNetwork network, runtime::NetavarkPlaces places,
                            const runtime::StopSource& stop) {
    places.leases = "/run/builder-networks";
    return
        [network = std::move(network), places = std::move(places), &stop](RunSettings& settings, const std::string&) {
            const std::string id = "builder-" + layers::random_name();
            join_sandbox(std::make_shared<const runtime::NetworkSandbox>(network, id, places, stop), settings);
            return "";
        };
}

/// A process can have one filter only that hands calls to another; where owners are kept aside, it has that one.
/// Another program's containers cannot be given one.
bool can_watch_sockets(const RunSettings& settings) {
    return settings.isolation != runtime::Isolation::oci_runtime &&
           !runtime::keeps_owners_aside(runtime::acquire_rights().level);
}

Connect connect_by_pasta(std::vector<std::string> words, bool is_required, const runtime::StopSource& stop) {
    return [words = std::move(words), is_required, &stop](RunSettings& settings, const std::string& folder) {
        const auto& hosts = settings.extra_hosts;
        runtime::PastaOptions options;
        options.words = words;
        options.reaches_host = std::any_of(hosts.begin(), hosts.end(), names_gateway);
        options.asks_host_for_names = settings.makes_resolver_file && settings.resolver.servers.empty();
        using Moment = runtime::NetworkSandbox::Moment;
        const Moment moment = can_watch_sockets(settings) ? Moment::on_demand : Moment::at_once;
        const auto sandbox = std::make_shared<const runtime::NetworkSandbox>(folder, options, moment, stop);
        join_sandbox(sandbox, settings);
        if (moment == Moment::on_demand) settings.network_on_demand = {sandbox, sandbox->on_demand()};
        settings.requires_network = is_required;
        return "";
    };
}

/// What nobody asked for by name may fail; then steps have the network of the host, as they would without it.
Connect or_host(Connect connect, const runtime::StopSource& stop) {
    return [connect = std::move(connect), &stop](RunSettings& settings, const std::string& folder) -> std::string {
        try {
            return connect(settings, folder);
        } catch (const Error& error) {
            stop.throw_if_stopped();
            return "steps have the network of this machine, because a private one could not be set up: " +
                   error.full_message();
        }
    };
}

/// A network of those that are configured on this machine: the first one of CNI, or that of netavark.
Connect find_configured_network(const RunFlags& flags, const runtime::StopSource& stop) {
    if (runtime::acquire_rights().level != runtime::Privileges::root) return nullptr;
    runtime::NetworkPlaces places = network_places(flags);
    if (auto network = runtime::find_cni_network("", places))
        return connect_by_cni(*std::move(network), std::move(places), stop);
    if (const auto network = runtime::find_netavark_network("podman", {}))
        return connect_by_netavark(*network, {}, stop);
    return nullptr;
}

/// A network that is the steps' own, by the words "private" and "bridge". The first is pasta's before it is a
/// configured one, the second the other way round. Throws Error where there is neither.
Connect find_private_network(const RunFlags& flags, const std::string& word, const runtime::StopSource& stop) {
    const std::string refusal = runtime::refusal_of_pasta();
    if (word != "bridge" && refusal.empty()) return connect_by_pasta({}, true, stop);
    if (Connect configured = find_configured_network(flags, stop)) return configured;
    if (refusal.empty()) return connect_by_pasta({}, true, stop);
    throw Error("--network {}: {}, and no network of CNI or netavark is configured", word, refusal)
        .with_hint("host and none need nothing");
}

/// "pasta:-T,8080,--mtu,1500": the options of pasta after the colon.
std::vector<std::string> pasta_options(const std::string& text) {
    const std::string_view list = runtime::split_once(text, ':').second;
    if (list.empty()) return {};
    const std::vector<std::string_view> options = runtime::split(list, ',');
    return {options.begin(), options.end()};
}

Connect find_named_network(const RunFlags& flags, const std::string& text, const runtime::StopSource& stop) {
    if (text == "pasta" || text.starts_with("pasta:")) {
        if (const std::string refusal = runtime::refusal_of_pasta(); !refusal.empty())
            throw Error("--network {}: {}", text, refusal);
        return connect_by_pasta(pasta_options(text), true, stop);
    }
    runtime::NetworkPlaces places = network_places(flags);
    const std::vector<runtime::CniNetwork> networks = runtime::read_cni_networks(places.configurations);
    const bool is_of_cni =
        std::any_of(networks.begin(), networks.end(), [&](const auto& one) { return one.name == text; });
    const runtime::NetavarkPlaces of_netavark;
    if (const auto network = runtime::find_netavark_network(text, of_netavark); network && !is_of_cni)
        return connect_by_netavark(*network, of_netavark, stop);
    auto network = runtime::find_cni_network(text, places);
    return connect_by_cni(*std::move(network), std::move(places), stop);
}

Connect find_network(const RunFlags& flags, const std::string& text, bool shares_host,
                     const runtime::StopSource& stop) {
    if (text == "private" || text == "bridge") return find_private_network(flags, text, stop);
    if (!text.empty() && text != "default") return find_named_network(flags, text, stop);
    // With --isolation chroot everything but the files is the host's, unless it is asked for.
    if (shares_host || !runtime::refusal_of_pasta().empty()) return nullptr;
    return or_host(connect_by_pasta({}, false, stop), stop);
}

/// An ordinary user is used to a private one. Root's tools have given the machine's where pasta is not installed.
std::string notice_of_host_network() {
    const std::string refusal = runtime::refusal_of_pasta();
    const bool is_root = runtime::acquire_rights().level == runtime::Privileges::root;
    if (refusal.empty() || (is_root && runtime::find_program("pasta").empty())) return "";
    return "steps have the network of this machine, because a private one cannot be had: " + refusal;
}

}  // namespace

runtime::NetworkMode prepare_network(const RunFlags& flags, RunSettings& settings, const runtime::StopSource& stop) {
    const std::string& text = flags.network;
    const bool shares_host =
        settings.isolation == runtime::Isolation::chroot || settings.isolation == runtime::Isolation::emulated;
    if (text.starts_with("ns:") || text.starts_with("/")) {
        const std::string path = text.starts_with("ns:") ? text.substr(3) : text;
        settings.network_namespace = std::make_shared<const runtime::Fd>(runtime::open_path(path, O_RDONLY));
    } else if (text != "host" && text != "none") {
        settings.connect = find_network(flags, text, shares_host, stop);
    }
    settings.has_host_network = text != "none" && !settings.network_namespace && !settings.connect;
    const bool lacks_private = settings.has_host_network && text != "host" && !shares_host;
    settings.connect = [inner = std::move(settings.connect), lacks_private](RunSettings& all,
                                                                            const std::string& folder) {
        std::string notice = inner ? inner(all, folder) : lacks_private ? notice_of_host_network() : "";
        for (std::string& line : all.extra_hosts)
            if (names_gateway(line)) line = "127.0.0.1" + line.substr(line.find('\t'));
        return notice;
    };
    return text == "none" ? runtime::NetworkMode::none : runtime::NetworkMode::host;
}

}  // namespace builder
