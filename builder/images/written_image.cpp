#include "builder/images/written_image.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/reference.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {

std::string pullable_name(const WrittenImage& written) {
    const auto location = registry::parse_image_location(written.place);
    if (location && location->transport != registry::Transport::registry) return "";
    const auto reference = registry::Reference::parse(location ? location->name : written.place);
    return reference.without_version().with_digest(written.manifest.digest()).text();
}

std::string describe(const WrittenImage& written) {
    const std::string name = pullable_name(written);
    if (!name.empty()) return "pushed " + name;
    return "wrote " + written.place + ", manifest " + written.manifest.digest_text;
}

const layers::oci::Descriptor& descriptor_for_scripts(const std::vector<WrittenImage>& written,
                                                      const layers::oci::Descriptor& in_store) {
    const auto pushed = std::find_if(written.begin(), written.end(),
                                     [](const WrittenImage& one) { return !pullable_name(one).empty(); });
    if (pushed != written.end()) return pushed->manifest;
    return written.empty() ? in_store : written.front().manifest;
}

void write_metadata_file(const std::string& file, const ImageMetadata& metadata) {
    nlohmann::ordered_json document;
    if (!metadata.config_digest.empty()) document["containerimage.config.digest"] = metadata.config_digest;
    document["containerimage.descriptor"] = {{"mediaType", metadata.manifest.media_type},
                                             {"digest", metadata.manifest.digest_text},
                                             {"size", metadata.manifest.size}};
    document["containerimage.digest"] = metadata.manifest.digest_text;
    if (!metadata.names.empty()) document["image.name"] = fmt::format("{}", fmt::join(metadata.names, ","));
    runtime::replace_file(file, document.dump(2) + "\n");
}

void write_id_file(const std::string& file, const std::string& id) {
    try {
        runtime::replace_file(file, id);
    } catch (runtime::Error& error) {
        error.add_context("failed to write image ID to file \"{}\"", file);
        throw;
    }
}

void write_digest_file(const std::string& file, const std::string& digest) {
    try {
        runtime::replace_file(file, digest);
    } catch (runtime::Error& error) {
        error.add_context("failed to write digest to file \"{}\"", file);
        throw;
    }
}

}  // namespace builder
