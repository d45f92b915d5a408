#include "builder/containers/describe.hpp"

#include "builder/containers/container_mount.hpp"
#include "builder/containers/security_options.hpp"
#include "layers/oci/manifest.hpp"
#include "runtime/sys/capabilities.hpp"
#include "runtime/sys/seccomp.hpp"

namespace builder {
namespace {

namespace oci = layers::oci;
using Value = TemplateValue;
using Fields = std::vector<Value::Field>;

/// As Go has what nobody has set.
Value set_of(const std::set<std::string>& names) {
    if (names.empty()) return Value::nil_map();
    std::map<std::string, Value> entries;
    for (const std::string& name : names) entries.emplace(name, Value::record("struct {}", {}));
    return Value::map(std::move(entries));
}

Value map_or_nil(const std::map<std::string, std::string>& texts) {
    return texts.empty() ? Value::nil_map() : Value::map_of(texts);
}

Value history_of(const oci::ImageConfig& config) {
    std::vector<Value> entries;
    for (const oci::HistoryEntry& entry : config.history)
        entries.push_back(Value::record("v1.History", {{"Created", "created", entry.created, true},
                                                       {"CreatedBy", "created_by", entry.created_by, true},
                                                       {"Author", "author", entry.author, true},
                                                       {"Comment", "comment", entry.comment, true},
                                                       {"EmptyLayer", "empty_layer", entry.empty_layer, true}}));
    return Value::list(std::move(entries));
}

Value rootfs_of(const oci::ImageConfig& config) {
    std::vector<std::string> diff_ids;
    for (const layers::Digest& digest : config.diff_ids) diff_ids.push_back(digest.text());
    return Value::record("v1.RootFS", {{"Type", "type", diff_ids.empty() ? "" : "layers"},
                                       {"DiffIDs", "diff_ids", Value::list_of(diff_ids)}});
}

Value healthcheck_of(const oci::Healthcheck& check) {
    return Value::record("docker.HealthConfig", {{"Test", "Test", Value::list_of(check.test), true},
                                                 {"Interval", "Interval", check.interval_ns, true},
                                                 {"Timeout", "Timeout", check.timeout_ns, true},
                                                 {"StartPeriod", "StartPeriod", check.start_period_ns, true},
                                                 {"StartInterval", "StartInterval", check.start_interval_ns, true},
                                                 {"Retries", "Retries", check.retries, true}});
}

Value docker_container_config(const oci::ContainerConfig& config) {
    return Value::record(
        "docker.Config",
        {{"Hostname", "Hostname", config.hostname},
         {"Domainname", "Domainname", config.domainname},
         {"User", "User", config.user},
         {"AttachStdin", "AttachStdin", false},
         {"AttachStdout", "AttachStdout", false},
         {"AttachStderr", "AttachStderr", false},
         {"ExposedPorts", "ExposedPorts", set_of(config.exposed_ports), true},
         {"Tty", "Tty", false},
         {"OpenStdin", "OpenStdin", false},
         {"StdinOnce", "StdinOnce", false},
         {"Env", "Env", Value::list_of(config.env)},
         {"Cmd", "Cmd", Value::list_of(config.cmd)},
         {"Healthcheck", "Healthcheck", config.healthcheck ? healthcheck_of(*config.healthcheck) : Value(), true},
         {"ArgsEscaped", "ArgsEscaped", config.args_escaped, true},
         {"Image", "Image", ""},
         {"Volumes", "Volumes", set_of(config.volumes)},
         {"WorkingDir", "WorkingDir", config.working_dir},
         {"Entrypoint", "Entrypoint", Value::list_of(config.entrypoint)},
         {"OnBuild", "OnBuild", config.on_build.empty() ? Value::list({}) : Value::list_of(config.on_build)},
         {"Labels", "Labels", map_or_nil(config.labels)},
         {"StopSignal", "StopSignal", config.stop_signal, true},
         {"StopTimeout", "StopTimeout", config.stop_timeout_seconds ? Value(*config.stop_timeout_seconds) : Value(),
          true},
         {"Shell", "Shell", Value::list_of(config.shell), true}});
}

Value namespace_option(const char* name, const std::string& wish, bool is_host_by_default) {
    const bool is_path = wish.starts_with("/") || wish.starts_with("ns:");
    return Value::record("define.NamespaceOption",
                         {{"Name", "Name", name},
                          {"Host", "Host", wish == "host" || (wish.empty() && is_host_by_default)},
                          {"Path", "Path", is_path ? wish.substr(wish.starts_with("ns:") ? 3 : 0) : ""}});
}

Value namespace_options(const ContainerState& state) {
    return Value::list({namespace_option("cgroup", state.setting("cgroupns"), false),
                        namespace_option("ipc", state.setting("ipc"), false), namespace_option("mount", "", false),
                        namespace_option("network", state.setting("network"), true),
                        namespace_option("pid", state.setting("pid"), false),
                        namespace_option("user", state.setting("userns"), true),
                        namespace_option("uts", state.setting("uts"), false)});
}

Value id_mappings() {
    const Value none = Value::list({});
    const Value automatic = Value::record("types.AutoUserNsOptions",
                                          {{"Size", "Size", 0},
                                           {"InitialSize", "InitialSize", 0},
                                           {"PasswdFile", "PasswdFile", ""},
                                           {"GroupFile", "GroupFile", ""},
                                           {"AdditionalUIDMappings", "AdditionalUIDMappings", Value::nil_list()},
                                           {"AdditionalGIDMappings", "AdditionalGIDMappings", Value::nil_list()}});
    return Value::record("define.IDMappingOptions", {{"HostUIDMapping", "HostUIDMapping", true},
                                                     {"HostGIDMapping", "HostGIDMapping", true},
                                                     {"UIDMap", "UIDMap", none},
                                                     {"GIDMap", "GIDMap", none},
                                                     {"AutoUserNs", "AutoUserNs", false},
                                                     {"AutoUserNsOpts", "AutoUserNsOpts", automatic}});
}

std::vector<std::string> values_of(const ContainerState& state, const char* flag) {
    const auto found = state.settings.find(flag);
    return found == state.settings.end() ? std::vector<std::string>{} : found->second;
}

Value capabilities_of(const ContainerState& state) {
    runtime::CapabilitySet set = runtime::default_capabilities();
    for (const std::string& name : values_of(state, "cap-add")) set |= runtime::capability(name);
    for (const std::string& name : values_of(state, "cap-drop")) set &= ~runtime::capability(name);
    return Value::list_of(runtime::capability_names(set));
}

/// What keeps commands in the container from the rest of the machine, as far as its flags and this kernel say.
RunSettings security_of(const ContainerState& state, const std::string& container_id) {
    RunSettings settings;
    settings.seccomp_profile = runtime::default_seccomp_profile();
    if (state.setting("isolation") == "chroot") settings.isolation = runtime::Isolation::chroot;
    std::vector<std::string> notices;
    try {
        apply_security_options(values_of(state, "security-opt"), settings, notices, container_id);
    } catch (const runtime::Error&) {
        // A profile that is not there any more: a command would be refused.
    }
    return settings;
}

std::string seccomp_of(const ContainerState& state, const RunSettings& settings) {
    if (settings.seccomp_profile.empty()) return "unconfined";
    std::string name = "default";
    for (const std::string& option : values_of(state, "security-opt"))
        if (option.starts_with("seccomp=")) name = option.substr(8);
    return name;
}

Value describe_security(const ContainerState& state, const RunSettings& settings) {
    const std::string program = state.setting("runtime");
    return Value::record("Security", {{"Runtime", "Runtime", program.empty() ? "builtin" : program},
                                      {"NoNewPrivileges", "NoNewPrivileges", settings.no_new_privileges},
                                      {"Seccomp", "Seccomp", seccomp_of(state, settings)},
                                      {"ApparmorProfile", "ApparmorProfile", settings.apparmor_profile},
                                      {"MaskedPaths", "MaskedPaths", Value::list_of(settings.masked_paths)},
                                      {"ReadonlyPaths", "ReadonlyPaths", Value::list_of(settings.read_only_paths)},
                                      {"Ulimits", "Ulimits", Value::list_of(values_of(state, "ulimit"))},
                                      {"Groups", "Groups", Value::list_of(values_of(state, "group-add"))}});
}

/// What containers and images have in common. Where there is no container, its fields are empty.
struct Subject {
    std::optional<layers::ImageRecord> image;
    std::string image_name;
    const layers::ContainerRecord* container = nullptr;
    ContainerState state;
    std::string mount_point;
    Value layers = Value::nil_list();
};

Value describe(const Subject& subject) {
    const ContainerState& state = subject.state;
    const auto& image = subject.image;
    const auto* container = subject.container;
    const std::string isolation = state.setting("isolation");
    const RunSettings security = container == nullptr ? RunSettings() : security_of(state, container->id);
    Fields fields = {
        {"Type", "Type", "buildah 0.0.1"},
        {"FromImage", "FromImage", subject.image_name},
        {"FromImageID", "FromImageID", image ? std::string(image->id.hex()) : ""},
        {"FromImageDigest", "FromImageDigest", image ? image->manifest_digest.text() : ""},
        {"GroupAdd", "GroupAdd", Value::nil_list()},
        {"Config", "Config", image ? image->config : ""},
        {"Manifest", "Manifest", image ? image->manifest : ""},
        {"Container", "Container", container != nullptr ? container->name : ""},
        {"ContainerID", "ContainerID", container != nullptr ? container->id : ""},
        {"MountPoint", "MountPoint", subject.mount_point},
        {"ProcessLabel", "ProcessLabel", security.process_label},
        {"MountLabel", "MountLabel", security.mount_label},
        {"ImageAnnotations", "ImageAnnotations", map_or_nil(state.annotations)},
        {"ImageCreatedBy", "ImageCreatedBy", state.created_by},
        {"ImageHistoryComment", "", state.history_comment},
        {"OCIv1", "OCIv1", describe_oci_config(state.config)},
        {"Docker", "Docker", describe_docker_config(state.config)},
        {"DefaultMountsFilePath", "DefaultMountsFilePath", ""},
        {"Isolation", "Isolation",
         container == nullptr ? ""
         : isolation.empty()  ? "oci"
                              : isolation},
        {"NamespaceOptions", "NamespaceOptions", container == nullptr ? Value::nil_list() : namespace_options(state)},
        {"Capabilities", "Capabilities", container == nullptr ? Value::nil_list() : capabilities_of(state)},
        {"ConfigureNetwork", "ConfigureNetwork", "NetworkDefault"},
        {"CNIPluginPath", "CNIPluginPath", ""},
        {"CNIConfigDir", "CNIConfigDir", ""},
        {"IDMappingOptions", "IDMappingOptions", id_mappings()},
        {"History", "History", state.config.history.empty() ? Value::nil_list() : history_of(state.config)},
        {"Devices", "Devices", Value::nil_list()},
        {"DeviceSpecs", "DeviceSpecs", Value::list({})},
        {"CDIConfigDir", "CDIConfigDir", ""},
        {"Names", "Names", image ? Value::list_of(image->names) : Value::nil_list()},
        {"Layers", "Layers", subject.layers}};
    if (container != nullptr) fields.push_back({"Security", "Security", describe_security(state, security)});
    return Value::record("buildah.BuilderInfo", std::move(fields));
}

Value layers_of(const std::vector<layers::LayerRecord>& records) {
    std::vector<Value> items;
    for (const layers::LayerRecord& layer : records)
        items.push_back(Value::record("Layer", {{"DiffID", "diff_id", layer.diff_id.text()},
                                                {"Size", "size", layer.tar_bytes},
                                                {"Folder", "folder", layer.folder}}));
    return Value::list(std::move(items));
}

}  // namespace

Value describe_oci_config(const oci::ImageConfig& config) {
    const oci::ContainerConfig& container = config.config;
    const Value inner =
        Value::record("v1.ImageConfig", {{"User", "User", container.user, true},
                                         {"ExposedPorts", "ExposedPorts", set_of(container.exposed_ports), true},
                                         {"Env", "Env", Value::list_of(container.env), true},
                                         {"Entrypoint", "Entrypoint", Value::list_of(container.entrypoint), true},
                                         {"Cmd", "Cmd", Value::list_of(container.cmd), true},
                                         {"Volumes", "Volumes", set_of(container.volumes), true},
                                         {"WorkingDir", "WorkingDir", container.working_dir, true},
                                         {"Labels", "Labels", map_or_nil(container.labels), true},
                                         {"StopSignal", "StopSignal", container.stop_signal, true},
                                         {"ArgsEscaped", "ArgsEscaped", container.args_escaped, true}});
    return Value::record("v1.Image", {{"Created", "created", config.created, true},
                                      {"Author", "author", config.author, true},
                                      {"Architecture", "architecture", config.architecture},
                                      {"Variant", "variant", config.variant, true},
                                      {"OS", "os", config.os},
                                      {"OSVersion", "os.version", config.os_version, true},
                                      {"OSFeatures", "os.features", Value::list_of(config.os_features), true},
                                      {"Config", "config", inner},
                                      {"RootFS", "rootfs", rootfs_of(config)},
                                      {"History", "history", history_of(config), true}});
}

Value describe_docker_config(const oci::ImageConfig& config) {
    const Value inner = docker_container_config(config.config);
    return Value::record("docker.V2Image", {{"ID", "id", "", true},
                                            {"Parent", "parent", "", true},
                                            {"Comment", "comment", image_comment(config), true},
                                            {"Created", "created", config.created},
                                            {"ContainerConfig", "container_config", inner},
                                            {"Author", "author", config.author, true},
                                            {"Config", "config", inner, true},
                                            {"Architecture", "architecture", config.architecture, true},
                                            {"Variant", "variant", config.variant, true},
                                            {"OS", "os", config.os, true},
                                            {"RootFS", "rootfs", rootfs_of(config), true},
                                            {"History", "history", history_of(config), true}});
}

Value describe_container(layers::Store& store, const layers::ContainerRecord& container) {
    Subject subject;
    subject.container = &container;
    subject.image_name = container.image_name;
    subject.state = parse_container_state(container.state);
    subject.mount_point = mount_point_if_mounted(store, container);
    std::vector<layers::LayerRecord> layers;
    if (container.image_id) {
        subject.image = store.images().find(*container.image_id);
        layers = store.layers().of_image(*container.image_id);
    }
    layers.insert(layers.end(), container.layers.begin(), container.layers.end());
    for (const layers::LayerRecord& layer : layers) subject.state.config.diff_ids.push_back(layer.diff_id);
    subject.layers = layers_of(layers);
    return describe(subject);
}

Value describe_image(layers::Store& store, const layers::ImageRecord& image) {
    Subject subject;
    subject.image = image;
    subject.image_name = image.names.empty() ? "" : image.names.front();
    subject.state.config = oci::parse_image_config(image.config);
    subject.state.annotations = oci::parse_manifest(image.manifest, image.media_type).annotations;
    subject.layers = layers_of(store.layers().of_image(image.id));
    return describe(subject);
}

}  // namespace builder
