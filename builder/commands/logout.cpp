#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/commands/command_table.hpp"
#include "registry/settings/auth_file.hpp"
#include "registry/settings/registries_conf.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

struct LogoutOptions {
    std::string auth_file;
    std::string compatible_file;
    bool all = false;
};

int logout(Context& context, const Words& words, const LogoutOptions& options) {
    if (!options.compatible_file.empty() && !options.auth_file.empty())
        throw Error(
            "options for paths to the credential file and to the Docker-compatible credential file can not be set "
            "simultaneously");
    RegistryFlags flags;
    flags.auth_file = options.compatible_file.empty() ? options.auth_file : options.compatible_file;
    const registry::AccessOptions access = access_options(context, flags, {});
    const registry::AuthFiles files(access.auth_file, nullptr,
                                    registry::RegistriesConf::read(access).credential_helpers());
    if (options.all) {
        if (!words.empty()) throw Error("--all takes no arguments");
        files.remove_all();
        std::cout << "Removed login credentials for all registries\n";
        return 0;
    }
    if (words.empty()) throw Error("registry must be given").with_hint("Docker's own is docker.io");
    const std::string key = registry::normalized_auth_key(words.front());
    if (!files.remove(key)) {
        if (files.find(key))
            throw Error("not logged into {} by {}; another file has the password", key, files.own_file())
                .with_hint("name that file with --authfile");
        throw Error("not logged into {}", key);
    }
    std::cout << "Removed login credentials for " << key << "\n";
    return 0;
}

}  // namespace

Command logout_command() {
    auto options = std::make_shared<LogoutOptions>();
    Command command;
    command.name = "logout";
    command.uses_store = false;
    command.group = "Registries";
    command.summary = "log out of a registry";
    command.usage = "[flags] [REGISTRY]";
    command.flags = {flag("authfile", 0, "FILE", "path of the authentication file (default: $REGISTRY_AUTH_FILE)",
                          options->auth_file),
                     flag("compat-auth-file", 0, "FILE", "path of a Docker configuration file to change instead",
                          options->compatible_file),
                     flag("all", 'a', "remove all credentials from the file", options->all)};
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return logout(context, words, *options); };
    return command;
}

}  // namespace builder
