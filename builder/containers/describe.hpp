// Containers and images as documents: what `inspect` prints and what its templates see. The names are Buildah's.
#pragma once

#include "builder/containers/working_container.hpp"
#include "builder/template/value.hpp"

namespace builder {

/// The configuration in the form of OCI, and in that of Docker, which has more.
TemplateValue describe_oci_config(const layers::oci::ImageConfig& config);
TemplateValue describe_docker_config(const layers::oci::ImageConfig& config);

/// "OCIv1", "Docker" and all that is beside them.
TemplateValue describe_container(layers::Store& store, const layers::ContainerRecord& container);
TemplateValue describe_image(layers::Store& store, const layers::ImageRecord& image);

}  // namespace builder
