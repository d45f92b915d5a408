#include "builder/cli/command_context.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "builder/images/additional_stores.hpp"
#include "builder/images/publication.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string default_root() {
    if (runtime::invoking_user() == 0) return "/var/lib/builder";
    const std::string data = environment("XDG_DATA_HOME");
    return (data.empty() ? environment("HOME") + "/.local/share" : data) + "/builder";
}

/// /tmp belongs to everybody: what stands there under our name counts only where it is ours alone.
std::string private_folder_in_tmp() {
    const uid_t user = runtime::invoking_user();
    const std::string path = fmt::format("/tmp/builder-run-{}", user);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw runtime::SystemError("cannot make the folder {}", runtime::quoted(path));
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) throw runtime::SystemError("cannot look at {}", runtime::quoted(path));
    // Inside `unshare` the user is root.
    const bool is_own = status.st_uid == user || status.st_uid == ::geteuid();
    if (!S_ISDIR(status.st_mode) || !is_own || (status.st_mode & 0022) != 0)
        throw runtime::Error("the folder {} could be written by others", runtime::quoted(path))
            .with_hint("name another one with --runroot or XDG_RUNTIME_DIR");
    return path;
}

std::string default_runroot() {
    if (runtime::invoking_user() == 0) return "/run/builder";
    const std::string runtime = environment("XDG_RUNTIME_DIR");
    return (runtime.empty() ? private_folder_in_tmp() : runtime) + "/builder";
}

/// A flag of others that changes nothing here.
Flag accepted_flag(std::string name, std::string value_name, std::string description) {
    Flag result{std::move(name), 0, std::move(value_name), std::move(description)};
    result.set = [](const std::string&) {};
    return result;
}

constexpr std::string_view image_store_options[] = {
    "overlay.imagestore=", "vfs.imagestore=", "additionalimagestore=", "overlay.additionalimagestore="};

Flag image_store_flag(std::vector<std::string>& storage_options) {
    Flag result{"imagestore", 0, "FOLDER", "additional store to look for images in"};
    result.set = [&storage_options](const std::string& folder) {
        storage_options.push_back(std::string(image_store_options[0]) + folder);
    };
    return result;
}

/// The stores that options of storage name. An option is NAME=VALUE, whatever it means elsewhere.
std::vector<std::string> image_stores(const std::vector<std::string>& storage_options) {
    std::vector<std::string> roots;
    for (const std::string& option : storage_options) {
        if (option.find('=') == std::string::npos)
            throw runtime::Error("unable to parse key/value option: {}", option).with_hint("--storage-opt NAME=VALUE");
        for (const std::string_view name : image_store_options)
            if (option.starts_with(name)) roots.push_back(option.substr(name.size()));
    }
    return roots;
}

}  // namespace

std::vector<Flag> global_flags(GlobalOptions& options) {
    std::vector<Flag> flags = {
        flag("root", 0, "FOLDER", "storage root directory", options.root),
        flag("runroot", 0, "FOLDER", "storage state directory, which may vanish at reboot", options.runroot),
        flag("storage-driver", 0, "NAME", "storage driver: overlay, or vfs (copies instead of stacked layers)",
             options.storage_driver),
        flag("storage-opt", 0, "OPTION", "storage driver option", options.storage_options),
        flag("log-level", 0, "LEVEL",
             "log messages at and above this level: trace, debug, info, warn, error, fatal or panic",
             options.log_level),
        flag("registries-conf", 0, "FILE", "registries.conf file to use", options.registries_conf),
        flag("registries-conf-dir", 0, "FOLDER", "directory of further registries.conf files",
             options.registries_conf_folder),
        flag("short-name-alias-conf", 0, "FILE", "file with short name aliases", options.short_name_aliases),
        flag("version", 'v', "print the version", options.version),
        flag("help", 'h', "print this help", options.help),
        flag("cgroup-manager", 0, "NAME", "cgroup manager: systemd or cgroupfs (default: what the host needs)",
             options.cgroup_manager),
        image_store_flag(options.storage_options),
        flag("transient-store", 0, "make containers that are gone after a reboot", options.transient_store),
        flag("userns-uid-map", 0, "CONTAINER:HOST:COUNT", "UID mapping for the user namespace of steps",
             options.user_ranges),
        flag("userns-gid-map", 0, "CONTAINER:HOST:COUNT", "GID mapping for the user namespace of steps",
             options.group_ranges),
        flag("default-mounts-file", 0, "FILE",
             "file that lists default mounts for every container, one HOST:CONTAINER per line",
             options.default_mounts_file),
        accepted_flag("cpu-profile", "FILE", "accepted: there is no such profile of this program"),
        accepted_flag("memory-profile", "FILE", "accepted: there is no such profile of this program"),
        flag("debug", 0, "the same as --log-level=debug", options.debug)};
    for (Flag& one : flags) {
        if (one.name == "root") one.environment = {"BUILDER_ROOT"};
        if (one.name == "runroot") one.environment = {"BUILDER_RUNROOT"};
        if (one.name == "log-level") one.environment = {"BUILDER_LOG_LEVEL"};
        if (one.name == "storage-driver") one.environment = {"BUILDER_STORAGE_DRIVER", "STORAGE_DRIVER"};
        if (one.name == "storage-opt") one.environment = {"BUILDER_STORAGE_OPTS", "STORAGE_OPTS"};
        one.hidden = one.name == "debug" || one.name.ends_with("-profile") || one.name == "default-mounts-file";
    }
    return flags;
}

Context::Context(GlobalOptions options) : options_(std::move(options)) {}
Context::~Context() = default;

layers::StoreLocation Context::store_location() const {
    return {options_.root.empty() ? default_root() : options_.root,
            options_.runroot.empty() ? default_runroot() : options_.runroot};
}

std::optional<overlay::Driver> Context::storage_driver() const {
    const std::string& driver = options_.storage_driver;
    if (driver.empty()) return std::nullopt;
    if (driver == "overlay" || driver == "overlay2") return overlay::Driver::overlayfs;
    if (driver == "vfs") return overlay::Driver::copies;
    throw runtime::Error("there is no storage driver {}", runtime::quoted(driver))
        .with_hint("leave --storage-driver out, or name overlay or vfs");
}

layers::StoreFormat Context::store_format() const {
    const runtime::Privileges level = runtime::acquire_rights().level;
    if (level == runtime::Privileges::root) return layers::StoreFormat::root;
    return runtime::keeps_owners_aside(level) ? layers::StoreFormat::owners_aside : layers::StoreFormat::user_ranges;
}

layers::Store& Context::store() {
    if (store_) return *store_;
    use_additional_stores(image_stores(options_.storage_options));
    layers::StoreLocation location = store_location();
    location.driver = storage_driver();
    store_.emplace(std::move(location), store_format());
    publication_ = std::make_unique<Publication>(*store_);
    store_->garbage().ask(*publication_);
    runtime::log_debug("the store {} is open; what may vanish is in {}", store_->location().root,
                       store_->location().runroot);
    return *store_;
}

Publication& Context::publication() {
    store();
    return *publication_;
}

const runtime::Runner& Context::runner() {
    runtime::acquire_rights();
    if (!runner_) runner_.emplace();
    return *runner_;
}

}  // namespace builder
