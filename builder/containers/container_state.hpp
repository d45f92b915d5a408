// What a working container is besides its files: the configuration of the images to come, and the settings of its runs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "layers/oci/descriptor.hpp"
#include "layers/oci/image_config.hpp"

namespace builder {

/// A layer that `copy --link` made, beside what the container wrote.
struct LinkedLayer {
    std::string name;        ///< of its folder
    std::string created_by;  ///< what the history says
    std::string created;     ///< RFC 3339
};

struct ContainerState {
    layers::oci::ImageConfig config;            ///< with the base image's history, without diff IDs
    layers::oci::Annotations annotations;       ///< of the manifest
    layers::oci::Annotations base_annotations;  ///< of the base image's manifest
    std::string created_by;                     ///< what the history says of the next layer; empty: the shell
    std::string history_comment;
    std::string format;                      ///< oci, docker; empty: not said
    std::vector<LinkedLayer> linked_layers;  ///< in the order in which they come into images
    /// Flags of `from` that count for each run, as they were given: name to values.
    std::map<std::string, std::vector<std::string>> settings;

    /// The words of the last flag of a name, or nothing.
    std::string setting(const std::string& name) const;
};

/// Throws Error for what is not such a document.
ContainerState parse_container_state(std::string_view text);
std::string write_container_state(const ContainerState& state);

/// The comment of the image, which only Docker's format has.
std::string image_comment(const layers::oci::ImageConfig& config);
void set_image_comment(layers::oci::ImageConfig& config, const std::string& comment);

/// Takes what OCI's format has no place for: health check, triggers, shell, host and domain name, comment.
void drop_docker_fields(layers::oci::ImageConfig& config);

/// Adds an entry without a layer to the history; its time is now.
void add_empty_history(ContainerState& state, const std::string& created_by);

}  // namespace builder
