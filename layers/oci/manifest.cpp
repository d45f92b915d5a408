#include "layers/oci/manifest.hpp"

#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace layers::oci {
namespace {

constexpr int schema_version = 2;

std::string type_by_fields(const runtime::JsonFields& fields) {
    if (fields.find("manifests") != nullptr) return std::string(media_type::oci_index);
    const auto config = fields.object_if_any("config");
    const bool is_docker = config && config->text_or_empty("mediaType") == media_type::docker_config;
    return std::string(is_docker ? media_type::docker_manifest : media_type::oci_manifest);
}

void refuse_outdated(const runtime::JsonFields& fields, std::string_view type) {
    const auto version = fields.integer_if_any("schemaVersion");
    if (version == 1 || media_type::is_outdated_manifest(type))
        throw runtime::Error("the image is in Docker's format of 2015 (schema 1), which is not supported")
            .with_hint("pull it with an older tool and push it again");
    if (version != schema_version) fields.refuse("schemaVersion", "2");
}

std::string type_of(const runtime::JsonFields& fields, std::string_view said_type) {
    std::string type = fields.text_or_empty("mediaType");
    refuse_outdated(fields, type.empty() ? said_type : type);
    const bool is_said = media_type::is_index(said_type) || media_type::is_manifest(said_type);
    if (is_said && !type.empty() && type != said_type)
        throw runtime::Error("the document says that it is {}, but it is announced as {}", runtime::quoted(type),
                             runtime::quoted(said_type));
    if (type.empty()) type = is_said ? std::string(said_type) : type_by_fields(fields);
    const bool has_layers = fields.find("layers") != nullptr || fields.find("config") != nullptr;
    const bool has_manifests = fields.find("manifests") != nullptr;
    if (media_type::is_index(type) ? has_layers : has_manifests)
        throw runtime::Error("the document of type {} has fields of another type", runtime::quoted(type));
    return type;
}

void check_size(std::string_view text) {
    if (text.size() > manifest_limit_bytes)
        throw runtime::Error("the manifest is larger than {} bytes", manifest_limit_bytes);
}

}  // namespace

std::string document_type(std::string_view text, std::string_view said_type) {
    check_size(text);
    const nlohmann::json value = runtime::parse_json_strictly(text, "the manifest", {"annotations"});
    return type_of(runtime::JsonFields(value, "the manifest"), said_type);
}

Manifest parse_manifest(std::string_view text, std::string_view said_type) {
    check_size(text);
    const nlohmann::json value = runtime::parse_json_strictly(text, "the manifest", {"annotations"});
    const runtime::JsonFields fields(value, "the manifest");
    Manifest manifest{.media_type = type_of(fields, said_type)};
    if (!media_type::is_manifest(manifest.media_type))
        throw runtime::Error("expected an image manifest, not {}", runtime::quoted(manifest.media_type));
    manifest.config = read_descriptor(fields.object("config"));
    fields.required("layers");
    for (const auto& layer : fields.objects_or_empty("layers")) manifest.layers.push_back(read_descriptor(layer));
    manifest.artifact_type = fields.text_or_empty("artifactType");
    if (const auto subject = fields.object_if_any("subject")) manifest.subject = read_descriptor(*subject);
    manifest.annotations = fields.text_map_or_empty("annotations");
    return manifest;
}

std::string write_manifest(const Manifest& manifest) {
    nlohmann::json value{{"schemaVersion", schema_version},
                         {"mediaType", manifest.media_type},
                         {"config", write_descriptor(manifest.config)},
                         {"layers", nlohmann::json::array()}};
    for (const Descriptor& layer : manifest.layers) value["layers"].push_back(write_descriptor(layer));
    if (!manifest.artifact_type.empty()) value["artifactType"] = manifest.artifact_type;
    if (manifest.subject) value["subject"] = write_descriptor(*manifest.subject);
    if (!manifest.annotations.empty()) value["annotations"] = manifest.annotations;
    return runtime::write_json(value);
}

Manifest converted(Manifest manifest, Flavour flavour) {
    if (manifest.flavour() == flavour) return manifest;
    manifest.media_type = media_type::manifest(flavour);
    manifest.config.media_type = media_type::converted(manifest.config.media_type, flavour);
    for (Descriptor& layer : manifest.layers) layer.media_type = media_type::converted(layer.media_type, flavour);
    if (flavour == Flavour::docker) {
        manifest.artifact_type.clear();
        manifest.subject.reset();
        manifest.annotations.clear();
        manifest.config.annotations.clear();
        for (Descriptor& layer : manifest.layers) layer.annotations.clear();
    }
    return manifest;
}

}  // namespace layers::oci
