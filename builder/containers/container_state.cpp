#include "builder/containers/container_state.hpp"

#include <nlohmann/json.hpp>

#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"

namespace builder {

using nlohmann::json;
using runtime::JsonFields;

std::string ContainerState::setting(const std::string& name) const {
    const auto found = settings.find(name);
    return found == settings.end() || found->second.empty() ? "" : found->second.back();
}

namespace {

std::vector<LinkedLayer> parse_linked_layers(const JsonFields& fields) {
    std::vector<LinkedLayer> layers;
    for (const JsonFields& one : fields.objects_or_empty("linked_layers"))
        layers.push_back({one.text("name"), one.text_or_empty("created_by"), one.text_or_empty("created")});
    return layers;
}

json write_linked_layers(const std::vector<LinkedLayer>& layers) {
    json list = json::array();
    for (const LinkedLayer& one : layers)
        list.push_back({{"name", one.name}, {"created_by", one.created_by}, {"created", one.created}});
    return list;
}

}  // namespace

ContainerState parse_container_state(std::string_view text) {
    const json document = runtime::parse_json(text, "the state of a container");
    const JsonFields fields(document, "the state of a container");
    ContainerState state;
    state.config = layers::oci::parse_image_config(runtime::write_json(fields.required("config")));
    state.annotations = fields.text_map_or_empty("annotations");
    state.base_annotations = fields.text_map_or_empty("base_annotations");
    state.created_by = fields.text_or_empty("created_by");
    state.history_comment = fields.text_or_empty("history_comment");
    state.format = fields.text_or_empty("format");
    state.linked_layers = parse_linked_layers(fields);
    if (const auto settings = fields.object_if_any("settings"))
        for (const auto& [name, values] : settings->value().items())
            state.settings[name] = settings->texts_or_empty(name.c_str());
    return state;
}

std::string write_container_state(const ContainerState& state) {
    const json document = {{"config", json::parse(layers::oci::write_image_config(state.config))},
                           {"annotations", state.annotations},
                           {"base_annotations", state.base_annotations},
                           {"created_by", state.created_by},
                           {"history_comment", state.history_comment},
                           {"format", state.format},
                           {"linked_layers", write_linked_layers(state.linked_layers)},
                           {"settings", state.settings}};
    return runtime::write_json(document);
}

std::string image_comment(const layers::oci::ImageConfig& config) {
    const auto found = config.extra.find("comment");
    if (found == config.extra.end()) return "";
    const json value = json::parse(found->second, nullptr, false);
    return value.is_string() ? value.get<std::string>() : "";
}

void set_image_comment(layers::oci::ImageConfig& config, const std::string& comment) {
    config.extra.erase("comment");
    if (!comment.empty()) config.extra["comment"] = runtime::write_json(json(comment));
}

void drop_docker_fields(layers::oci::ImageConfig& config) {
    layers::oci::ContainerConfig& container = config.config;
    container.healthcheck.reset();
    container.on_build.clear();
    container.shell.clear();
    container.hostname.clear();
    container.domainname.clear();
    config.extra.erase("comment");
}

void add_empty_history(ContainerState& state, const std::string& created_by) {
    layers::oci::HistoryEntry entry;
    entry.created = runtime::rfc3339_now();
    entry.created_by = created_by;
    entry.empty_layer = true;
    state.config.history.push_back(std::move(entry));
}

}  // namespace builder
