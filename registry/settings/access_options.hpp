// How registries are reached, as flags, the environment and files of the user say.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "registry/http/retry.hpp"

namespace registry {

class TransferObserver;

/// Empty fields mean the usual places and rules.
struct AccessOptions {
    std::string auth_file = {};    ///< instead of the usual ones and $REGISTRY_AUTH_FILE
    std::string credentials = {};  ///< USER:PASSWORD, instead of those of files
    /// The images that the credentials are for, as the command line or the plan of a build names them. They must be of
    /// one registry; without any the credentials are for none.
    std::vector<std::string> credentials_for = {};
    std::string certificate_folder = {};  ///< *.crt, *.cert and *.key, instead of certs.d
    std::optional<bool> tls_verify = std::nullopt;
    std::string registries_conf = {};
    std::string registries_conf_folder = {};
    std::string short_name_aliases = {};  ///< a file
    std::string policy_file = {};
    std::string blob_cache = {};  ///< a folder with blobs by digest, asked before places and filled from them
    RetryRules retry = {};
    std::shared_ptr<TransferObserver> observer = nullptr;  ///< told of what images are read and written
    Notice notice = nullptr;                               ///< called from several threads
};

}  // namespace registry
