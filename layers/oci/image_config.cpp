#include "layers/oci/image_config.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace layers::oci {
namespace {

using nlohmann::json;
using runtime::JsonFields;

ExtraFields read_extra(const JsonFields& fields, std::initializer_list<std::string_view> known) {
    ExtraFields extra;
    for (const auto& [name, value] : fields.value().items())
        if (std::find(known.begin(), known.end(), name) == known.end()) extra.emplace(name, runtime::write_json(value));
    return extra;
}

void write_extra(json& object, const ExtraFields& extra) {
    for (const auto& [name, text] : extra) object.emplace(name, runtime::parse_json(text, name));
}

std::set<std::string> read_set(const JsonFields& fields, const char* name) {
    const std::vector<std::string> names = fields.names_or_empty(name);
    return {names.begin(), names.end()};
}

template <typename Value>
void put_if_any(json& object, const char* name, const Value& value) {
    if (!(value == Value{})) object[name] = value;
}

void put_set(json& object, const char* name, const std::set<std::string>& names) {
    for (const std::string& element : names) object[name][element] = json::object();
}

Healthcheck read_healthcheck(const JsonFields& fields) {
    return {.test = fields.texts_or_empty("Test"),
            .interval_ns = fields.integer_if_any("Interval").value_or(0),
            .timeout_ns = fields.integer_if_any("Timeout").value_or(0),
            .start_period_ns = fields.integer_if_any("StartPeriod").value_or(0),
            .start_interval_ns = fields.integer_if_any("StartInterval").value_or(0),
            .retries = fields.integer_if_any("Retries").value_or(0)};
}

json write_healthcheck(const Healthcheck& check) {
    json object = json::object();
    put_if_any(object, "Test", check.test);
    put_if_any(object, "Interval", check.interval_ns);
    put_if_any(object, "Timeout", check.timeout_ns);
    put_if_any(object, "StartPeriod", check.start_period_ns);
    put_if_any(object, "StartInterval", check.start_interval_ns);
    put_if_any(object, "Retries", check.retries);
    return object;
}

ContainerConfig read_container_config(const JsonFields& fields) {
    ContainerConfig config{.user = fields.text_or_empty("User"),
                           .exposed_ports = read_set(fields, "ExposedPorts"),
                           .env = fields.texts_or_empty("Env"),
                           .entrypoint = fields.texts_or_empty("Entrypoint"),
                           .cmd = fields.texts_or_empty("Cmd"),
                           .volumes = read_set(fields, "Volumes"),
                           .working_dir = fields.text_or_empty("WorkingDir"),
                           .labels = fields.text_map_or_empty("Labels"),
                           .stop_signal = fields.text_or_empty("StopSignal"),
                           .stop_timeout_seconds = fields.integer_if_any("StopTimeout"),
                           .args_escaped = fields.boolean_if_any("ArgsEscaped").value_or(false),
                           .on_build = fields.texts_or_empty("OnBuild"),
                           .shell = fields.texts_or_empty("Shell"),
                           .hostname = fields.text_or_empty("Hostname"),
                           .domainname = fields.text_or_empty("Domainname")};
    if (const auto check = fields.object_if_any("Healthcheck")) config.healthcheck = read_healthcheck(*check);
    config.extra = read_extra(
        fields, {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal",
                 "StopTimeout", "ArgsEscaped", "OnBuild", "Shell", "Hostname", "Domainname", "Healthcheck"});
    return config;
}

json write_container_config(const ContainerConfig& config) {
    json object = json::object();
    put_if_any(object, "User", config.user);
    put_set(object, "ExposedPorts", config.exposed_ports);
    put_if_any(object, "Env", config.env);
    put_if_any(object, "Entrypoint", config.entrypoint);
    put_if_any(object, "Cmd", config.cmd);
    put_set(object, "Volumes", config.volumes);
    put_if_any(object, "WorkingDir", config.working_dir);
    put_if_any(object, "Labels", config.labels);
    put_if_any(object, "StopSignal", config.stop_signal);
    if (config.stop_timeout_seconds) object["StopTimeout"] = *config.stop_timeout_seconds;
    put_if_any(object, "ArgsEscaped", config.args_escaped);
    put_if_any(object, "OnBuild", config.on_build);
    put_if_any(object, "Shell", config.shell);
    put_if_any(object, "Hostname", config.hostname);
    put_if_any(object, "Domainname", config.domainname);
    if (config.healthcheck) object["Healthcheck"] = write_healthcheck(*config.healthcheck);
    write_extra(object, config.extra);
    return object;
}

HistoryEntry read_history_entry(const JsonFields& fields) {
    return {.created = fields.text_or_empty("created"),
            .created_by = fields.text_or_empty("created_by"),
            .author = fields.text_or_empty("author"),
            .comment = fields.text_or_empty("comment"),
            .empty_layer = fields.boolean_if_any("empty_layer").value_or(false),
            .extra = read_extra(fields, {"created", "created_by", "author", "comment", "empty_layer"})};
}

json write_history_entry(const HistoryEntry& entry) {
    json object = json::object();
    put_if_any(object, "created", entry.created);
    put_if_any(object, "created_by", entry.created_by);
    put_if_any(object, "author", entry.author);
    put_if_any(object, "comment", entry.comment);
    put_if_any(object, "empty_layer", entry.empty_layer);
    write_extra(object, entry.extra);
    return object;
}

std::vector<Digest> read_diff_ids(const JsonFields& rootfs) {
    if (rootfs.text("type") != "layers") rootfs.refuse("type", "\"layers\"");
    std::vector<Digest> diff_ids;
    for (const std::string& text : rootfs.texts_or_empty("diff_ids")) {
        auto digest = Digest::parse_if_valid(text);
        if (!digest) rootfs.refuse("diff_ids", "digests");
        diff_ids.push_back(*std::move(digest));
    }
    return diff_ids;
}

json write_rootfs(const std::vector<Digest>& diff_ids) {
    json texts = json::array();
    for (const Digest& digest : diff_ids) texts.push_back(digest.text());
    return {{"type", "layers"}, {"diff_ids", std::move(texts)}};
}

}  // namespace

ImageConfig parse_image_config(std::string_view text) {
    if (text.size() > config_limit_bytes)
        throw runtime::Error("the image configuration is larger than {} bytes", config_limit_bytes);
    const json value = runtime::parse_json_strictly(text, "the image configuration",
                                                    {"Labels", "Volumes", "ExposedPorts", "annotations"});
    const JsonFields fields(value, "the image configuration");
    ImageConfig config{.created = fields.text_or_empty("created"),
                       .author = fields.text_or_empty("author"),
                       .architecture = fields.text("architecture"),
                       .os = fields.text("os"),
                       .variant = fields.text_or_empty("variant"),
                       .os_version = fields.text_or_empty("os.version"),
                       .os_features = fields.texts_or_empty("os.features"),
                       .diff_ids = read_diff_ids(fields.object("rootfs"))};
    if (const auto container = fields.object_if_any("config")) config.config = read_container_config(*container);
    for (const auto& entry : fields.objects_or_empty("history")) config.history.push_back(read_history_entry(entry));
    config.extra = read_extra(fields, {"created", "author", "architecture", "os", "variant", "os.version",
                                       "os.features", "config", "rootfs", "history"});
    return config;
}

std::string write_image_config(const ImageConfig& config) {
    json object{{"architecture", config.architecture},
                {"os", config.os},
                {"config", write_container_config(config.config)},
                {"rootfs", write_rootfs(config.diff_ids)}};
    put_if_any(object, "created", config.created);
    put_if_any(object, "author", config.author);
    put_if_any(object, "variant", config.variant);
    put_if_any(object, "os.version", config.os_version);
    put_if_any(object, "os.features", config.os_features);
    for (const HistoryEntry& entry : config.history) object["history"].push_back(write_history_entry(entry));
    write_extra(object, config.extra);
    return runtime::write_json(object);
}

namespace {

void forget_builder(ImageConfig& config) {
    constexpr std::array<std::string_view, 6> names{"container", "container_config", "docker_version",
                                                    "id",        "parent",           "throwaway"};
    std::erase_if(config.extra, [&](const auto& field) {
        return std::find(names.begin(), names.end(), field.first) != names.end() ||
               field.first.starts_with("builder.cache.") || field.first.starts_with("moby.buildkit.");
    });
    config.config.extra.erase("Image");
}

/// The layers that the history does not tell of are the upper ones: what it tells begins at the bottom.
void complete_history(ImageConfig& config) {
    std::size_t missing = config.diff_ids.size();
    for (HistoryEntry& entry : config.history) {
        if (entry.empty_layer) continue;
        if (missing == 0)
            entry.empty_layer = true;
        else
            --missing;
    }
    HistoryEntry unknown;
    unknown.created = config.created;
    unknown.comment = "a layer of the base image, whose history does not tell of it";
    config.history.insert(config.history.end(), missing, unknown);
}

}  // namespace

void become_base(ImageConfig& config) {
    forget_builder(config);
    complete_history(config);
}

}  // namespace layers::oci
