#include "builder/cli/context.hpp"

#include <unistd.h>

#include <cstdlib>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string first_of(const std::string& first, const std::string& second, const std::string& third) {
    return !first.empty() ? first : !second.empty() ? second : third;
}

std::string default_root() {
    if (::geteuid() == 0) return "/var/lib/builder";
    const std::string data = environment("XDG_DATA_HOME");
    return (data.empty() ? environment("HOME") + "/.local/share" : data) + "/builder";
}

std::string default_runroot() {
    if (::geteuid() == 0) return "/run/builder";
    const std::string runtime = environment("XDG_RUNTIME_DIR");
    return (runtime.empty() ? fmt::format("/tmp/builder-run-{}", ::geteuid()) : runtime) + "/builder";
}

}  // namespace

std::vector<Flag> global_flags(GlobalOptions& options) {
    return {flag("root", 0, "FOLDER", "folder of the store", options.root),
            flag("runroot", 0, "FOLDER", "folder for what may vanish at reboot", options.runroot),
            flag("storage-driver", 0, "NAME", "how layers are stacked: overlay", options.storage_driver),
            flag("storage-opt", 0, "OPTION", "an option of the storage driver", options.storage_options),
            flag("log-level", 0, "LEVEL", "trace, debug, info, warn, error or fatal", options.log_level),
            flag("registries-conf", 0, "FILE", "which registries stand for which names", options.registries_conf),
            flag("registries-conf-dir", 0, "FOLDER", "files that add to it", options.registries_conf_folder),
            flag("short-name-alias-conf", 0, "FILE", "what short names mean", options.short_name_aliases),
            flag("version", 'v', "print the version", options.version),
            flag("help", 'h', "print this help", options.help)};
}

layers::StoreLocation Context::store_location() const {
    return {first_of(options_.root, environment("BUILDER_ROOT"), default_root()),
            first_of(options_.runroot, environment("BUILDER_RUNROOT"), default_runroot())};
}

layers::Store& Context::store() {
    if (options_.storage_driver != "overlay")
        throw runtime::Error("there is no storage driver {}", runtime::quoted(options_.storage_driver))
            .with_hint("leave --storage-driver out; overlay is the one there is");
    if (!store_) store_.emplace(store_location());
    return *store_;
}

const runtime::Runner& Context::runner() {
    if (!runner_) runner_.emplace(runtime::Runner::start());
    return *runner_;
}

}  // namespace builder
