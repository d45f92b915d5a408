#include "builder/images/list_document.hpp"

namespace builder {
namespace {

namespace oci = layers::oci;
using Document = nlohmann::ordered_json;

Document document_of(const oci::DescriptorPlatform& platform) {
    Document document = {{"architecture", platform.architecture}, {"os", platform.os}};
    if (!platform.os_version.empty()) document["os.version"] = platform.os_version;
    if (!platform.os_features.empty()) document["os.features"] = platform.os_features;
    if (!platform.variant.empty()) document["variant"] = platform.variant;
    return document;
}

Document document_of(const oci::Descriptor& member, bool has_platform) {
    Document document = {{"mediaType", member.media_type}, {"size", member.size}, {"digest", member.digest_text}};
    if (has_platform) document["platform"] = document_of(member.platform.value_or(oci::DescriptorPlatform{}));
    if (!member.urls.empty()) document["urls"] = member.urls;
    if (!member.annotations.empty()) document["annotations"] = member.annotations;
    if (!member.artifact_type.empty()) document["artifactType"] = member.artifact_type;
    if (!member.data.empty()) document["data"] = member.data;
    return document;
}

}  // namespace

Document document_of(ManifestList& list) {
    const oci::Index& index = list.index();
    const bool is_untouched = index.manifests.empty() && index.annotations.empty() && !index.subject;
    const std::string type = is_untouched ? std::string(layers::media_type::docker_index) : index.media_type;
    Document document = {{"schemaVersion", 2}, {"mediaType", type}};
    if (!index.artifact_type.empty()) document["artifactType"] = index.artifact_type;
    document["manifests"] = is_untouched ? Document() : Document::array();
    for (const oci::Descriptor& member : index.manifests) {
        Document entry = document_of(member, true);
        if (const auto files = list.files_of(member); !files.empty()) entry["files"] = files;
        document["manifests"].push_back(std::move(entry));
    }
    if (index.subject) document["subject"] = document_of(*index.subject, false);
    if (!index.annotations.empty()) document["annotations"] = index.annotations;
    return document;
}

}  // namespace builder
