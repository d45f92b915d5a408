// Networks by the Container Network Interface, version 1.0: configurations in files, and plugins that set them up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/network/resolver_file.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// One network: a file with a chain of plugins.
struct CniNetwork {
    std::string name;
    std::string version;               ///< cniVersion
    std::vector<std::string> plugins;  ///< the configuration of each, JSON
    std::string file;                  ///< for messages
};

/// What the plugins gave the container.
struct CniResult {
    std::vector<std::string> addresses;  ///< "10.88.0.2"
    std::vector<std::string> gateways;
    ResolverFile resolver;  ///< empty where they say nothing of names
    std::string json;       ///< as the last plugin printed it
};

/// The networks of a folder's *.conflist, *.conf and *.json files, in the order of the files' names; none where there
/// is no such folder. Throws Error for a file that is broken.
std::vector<CniNetwork> read_cni_networks(const std::string& folder);

/// A container's part in a network: ADD when it is made, DEL when it goes. CNI specification, section 2.
class CniAttachment {
public:
    /// `network_namespace` is the path of one; `plugin_folders` are searched in this order. Throws Error with what the
    /// plugin said; what was set up by then is taken down again.
    CniAttachment(CniNetwork network, std::string container_id, std::string network_namespace,
                  std::vector<std::string> plugin_folders, const StopSource& stop);
    ~CniAttachment();
    CniAttachment(const CniAttachment&) = delete;
    CniAttachment& operator=(const CniAttachment&) = delete;

    const CniResult& result() const noexcept { return result_; }
    /// Asks the plugins whether everything is still as they left it. Throws Error where it is not.
    void check();

private:
    std::string run_plugin(const std::string& command, const std::string& configuration,
                           const std::string& previous_result, const StopSource* stop) const;
    std::string find_plugin(const std::string& type) const;
    void remove() noexcept;

    CniNetwork network_;
    std::string container_id_;
    std::string network_namespace_;
    std::vector<std::string> plugin_folders_;
    CniResult result_;
};

}  // namespace runtime
