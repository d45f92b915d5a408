// What a command wrote outside of the store, told to people and to scripts.
#pragma once

#include <string>
#include <vector>

#include "layers/oci/descriptor.hpp"

namespace builder {

struct WrittenImage {
    std::string place;                 ///< "docker://NAME", "oci:FOLDER"
    layers::oci::Descriptor manifest;  ///< as it is there: packing gives it another digest than in the store
};

/// "NAME@DIGEST" for a place in a registry, whole, so that any tool can pull it; empty for other places.
std::string pullable_name(const WrittenImage& written);

/// The sentence about it: "pushed NAME@DIGEST", or "wrote PLACE, manifest DIGEST".
std::string describe(const WrittenImage& written);

/// What scripts are told of an image.
struct ImageMetadata {
    std::string config_digest;  ///< empty for a list of images
    layers::oci::Descriptor manifest;
    std::vector<std::string> names;
};

/// The descriptor that stands for the image: in the registry that it was pushed to first, else in the place that it was
/// written to first, else in the store.
const layers::oci::Descriptor& descriptor_for_scripts(const std::vector<WrittenImage>& written,
                                                      const layers::oci::Descriptor& in_store);

/// Writes --metadata-file, in the form of Buildah and BuildKit. Throws Error.
void write_metadata_file(const std::string& file, const ImageMetadata& metadata);

/// For --iidfile. Throws Error.
void write_id_file(const std::string& file, const std::string& id);

/// For --digestfile. Throws Error.
void write_digest_file(const std::string& file, const std::string& digest);

}  // namespace builder
