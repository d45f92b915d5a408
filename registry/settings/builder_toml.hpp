// builder's own settings: /etc/builder/builder.toml, and builder/builder.toml of the user's configuration over it.
//
//   [registry."registry.example.com"]
//   auth-endpoint = "https://login.example.org/token"   # where the registry may have its password sent
#pragma once

#include <map>
#include <string>

namespace registry {

struct BuilderSettings {
    /// By registry ("HOST" or "HOST:PORT"): the address of its token server.
    std::map<std::string, std::string> auth_endpoints;

    /// Reads both files, where they are. Throws Error naming the file for a key that means nothing here.
    static BuilderSettings read();
    /// Adds what one file says; `path` names it in errors.
    void add(const std::string& text, const std::string& path);
};

}  // namespace registry
