#include "runtime/container/network/cni.hpp"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/program.hpp"

namespace runtime {
namespace {

using nlohmann::json;

constexpr std::size_t file_limit_bytes = 1U << 20;
constexpr const char* interface_name = "eth0";
constexpr const char* oldest_version_with_results = "0.3.0";

CniNetwork read_network(const std::string& path) {
    const json document = parse_json(read_file(path, file_limit_bytes), path);
    const JsonFields fields(document, path);
    CniNetwork network{fields.text("name"), fields.text_if_any("cniVersion").value_or("0.2.0"), {}, path};
    if (fields.find("plugins") == nullptr) {
        network.plugins.push_back(document.dump());
        return network;
    }
    for (const JsonFields& plugin : fields.objects_or_empty("plugins")) {
        static_cast<void>(plugin.text("type"));
        network.plugins.push_back(plugin.value().dump());
    }
    if (network.plugins.empty()) throw Error("{} names no plugin", quoted(path));
    return network;
}

bool is_configuration(const std::string& name) {
    return name.ends_with(".conflist") || name.ends_with(".conf") || name.ends_with(".json");
}

std::string without_prefix_length(const std::string& address) {
    return address.substr(0, address.find('/'));
}

CniResult parse_result(const std::string& text) {
    CniResult result;
    result.json = text;
    if (text.empty()) return result;
    const json document = parse_json(text, "the result of a network plugin");
    const JsonFields fields(document, "the result of a network plugin");
    for (const JsonFields& address : fields.objects_or_empty("ips")) {
        result.addresses.push_back(without_prefix_length(address.text("address")));
        if (const auto gateway = address.text_if_any("gateway")) result.gateways.push_back(*gateway);
    }
    if (const auto names = fields.object_if_any("dns")) {
        result.resolver.servers = names->texts_or_empty("nameservers");
        result.resolver.searches = names->texts_or_empty("search");
        result.resolver.options = names->texts_or_empty("options");
    }
    return result;
}

/// Plugins say on standard output what went wrong.
std::string complaint_of(const ProgramResult& result) {
    try {
        const json document = parse_json(result.output, "an error");
        const JsonFields fields(document, "an error");
        const std::string details = fields.text_or_empty("details");
        return fields.text_or_empty("msg") + (details.empty() ? "" : ": " + details);
    } catch (const Error&) {
        return result.complaints.empty() ? result.output : result.complaints;
    }
}

}  // namespace

std::vector<CniNetwork> read_cni_networks(const std::string& folder) {
    const auto opened = open_if_exists(folder, O_RDONLY | O_DIRECTORY);
    if (!opened) return {};
    std::vector<std::string> names;
    for (const FolderEntry& entry : list_folder(*opened))
        if (is_configuration(entry.name)) names.push_back(entry.name);
    std::sort(names.begin(), names.end());
    std::vector<CniNetwork> networks;
    for (const std::string& name : names) networks.push_back(read_network(folder + "/" + name));
    return networks;
}

CniAttachment::CniAttachment(CniNetwork network, std::string container_id, std::string network_namespace,
                             std::vector<std::string> plugin_folders, const StopSource& stop)
    : network_(std::move(network)),
      container_id_(std::move(container_id)),
      network_namespace_(std::move(network_namespace)),
      plugin_folders_(std::move(plugin_folders)) {
    try {
        std::string result;
        for (const std::string& plugin : network_.plugins) result = run_plugin("ADD", plugin, result, &stop);
        result_ = parse_result(result);
    } catch (Error& error) {
        remove();
        error.add_context("cannot join the network {} of {}", quoted(network_.name), network_.file);
        throw;
    }
}

CniAttachment::~CniAttachment() {
    remove();
}

/// In the opposite order, each whatever became of the one before.
void CniAttachment::remove() noexcept {
    for (auto plugin = network_.plugins.rbegin(); plugin != network_.plugins.rend(); ++plugin) {
        try {
            run_plugin("DEL", *plugin, result_.json, nullptr);
        } catch (const std::exception&) {
            // A plugin must cope with what is gone already; there is nothing else to be done.
        }
    }
}

void CniAttachment::check() {
    for (const std::string& plugin : network_.plugins) run_plugin("CHECK", plugin, result_.json, nullptr);
}

std::string CniAttachment::find_plugin(const std::string& type) const {
    if (type.empty() || type.find('/') != std::string::npos)
        throw Error("{} is no name of a network plugin", quoted(type));
    for (const std::string& folder : plugin_folders_)
        if (::access((folder + "/" + type).c_str(), X_OK) == 0) return folder + "/" + type;
    throw Error("the network plugin {} is not in {}", quoted(type), fmt::join(plugin_folders_, " or "))
        .with_hint("plugins come with the package containernetworking-plugins");
}

std::string CniAttachment::run_plugin(const std::string& command, const std::string& configuration,
                                      const std::string& previous_result, const StopSource* stop) const {
    json document = json::parse(configuration);
    document["cniVersion"] = network_.version;
    document["name"] = network_.name;
    if (!previous_result.empty() && network_.version >= oldest_version_with_results)
        document["prevResult"] = json::parse(previous_result);
    const std::string type = document.at("type").get<std::string>();
    ProgramRequest request{{find_plugin(type)}};
    request.input = document.dump();
    request.environment = own_environment();
    std::erase_if(*request.environment, [](const std::string& entry) { return entry.starts_with("CNI_"); });
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"CNI_COMMAND", command},
                                      {"CNI_CONTAINERID", container_id_},
                                      {"CNI_NETNS", network_namespace_},
                                      {"CNI_IFNAME", interface_name},
                                      {"CNI_PATH", fmt::format("{}", fmt::join(plugin_folders_, ":"))},
                                      {"CNI_ARGS", "IgnoreUnknown=1"}})
        request.environment->push_back(name + "=" + value);
    const ProgramResult result = run_program(request, stop);
    if (result.exit_code == 0) return result.output;
    throw Error("the network plugin {} failed: {}", quoted(type), complaint_of(result));
}

}  // namespace runtime
