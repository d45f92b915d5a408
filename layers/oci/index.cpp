#include "layers/oci/index.hpp"

#include <nlohmann/json.hpp>

#include "layers/oci/manifest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace layers::oci {

Index parse_index(std::string_view text, std::string_view said_type) {
    Index index{.media_type = document_type(text, said_type)};
    if (!media_type::is_index(index.media_type))
        throw runtime::Error("expected an index, not {}", runtime::quoted(index.media_type));
    const nlohmann::json value = runtime::parse_json_strictly(text, "the index", {"annotations"});
    const runtime::JsonFields fields(value, "the index");
    fields.required("manifests");
    for (const auto& manifest : fields.objects_or_empty("manifests"))
        index.manifests.push_back(read_descriptor(manifest));
    index.artifact_type = fields.text_or_empty("artifactType");
    if (const auto subject = fields.object_if_any("subject")) index.subject = read_descriptor(*subject);
    index.annotations = fields.text_map_or_empty("annotations");
    return index;
}

std::string write_index(const Index& index) {
    nlohmann::json value{{"schemaVersion", 2}, {"mediaType", index.media_type}, {"manifests", nlohmann::json::array()}};
    for (const Descriptor& manifest : index.manifests) value["manifests"].push_back(write_descriptor(manifest));
    if (!index.artifact_type.empty()) value["artifactType"] = index.artifact_type;
    if (index.subject) value["subject"] = write_descriptor(*index.subject);
    if (!index.annotations.empty()) value["annotations"] = index.annotations;
    return runtime::write_json(value);
}

}  // namespace layers::oci
