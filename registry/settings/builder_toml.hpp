// builder's own settings: /etc/builder/builder.toml, and builder/builder.toml of the user's configuration over it.
//
//   [registry."registry.example.com"]
//   auth-endpoint = "https://login.example.org/token"   # where the registry may have its password sent
//
//   [store]                                             # limits, held when something is written
//   keep-size = "20GB"
//   older-than = "7d"
//   min-free = "10GB"
#pragma once

#include <map>
#include <string>

namespace registry {

/// [store]: when a store gives up what was used least recently. Texts as the flags of `prune` take them; empty: no
/// limit.
struct StoreSettings {
    std::string keep_size;
    std::string older_than;
    std::string min_free;
};

struct BuilderSettings {
    StoreSettings store;
    /// By registry ("HOST" or "HOST:PORT"): the address of its token server.
    std::map<std::string, std::string> auth_endpoints;

    /// Reads both files, where they are. Throws Error naming the file for a key that means nothing here.
    static BuilderSettings read();
    /// Adds what one file says; `path` names it in errors.
    void add(const std::string& text, const std::string& path);
};

}  // namespace registry
