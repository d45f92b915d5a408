// Images of the store by what people type: a name, short or whole, or the beginning of an ID.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "layers/oci/platform.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// The canonical names that a text may mean, in the order in which they are tried.
std::vector<std::string> candidate_names(const std::string& text);

/// The canonical name under which -t and tag keep an image: a name without a domain belongs to localhost.
std::string name_for_tagging(const std::string& text);

/// The name that an image of the store has which the text means, if it is its only one; else name_for_tagging(). What
/// Buildah's commit writes to.
std::string name_in_use(layers::Store& store, const std::string& text);

/// Whether a name says which registry it is of: "localhost/x", "quay.io/x", "host:5000/x". "x" and "me/x" do not.
bool names_host(const std::string& text);
/// Whether the last components of a stored name, and its tag, are what a text says.
bool ends_with_name(const std::string& name, const std::string& text);
/// The short form that people read.
std::string familiar_name(const std::string& canonical);

/// Nothing where the store has no such image. The name of a manifest list means its member for this machine. Throws
/// Error for an ID that fits several.
std::optional<layers::ImageRecord> find_local_image(layers::Store& store, const std::string& text);
/// What the store has under a name for just this platform, be it a member of a list. For this machine's own platform
/// also what else it runs. `text` is no ID.
std::optional<layers::ImageRecord> find_local_image_for(layers::Store& store, const std::string& text,
                                                        const std::string& platform);
/// Normalized.
layers::Platform platform_of(const layers::oci::ImageConfig& config);
layers::Platform platform_of(const layers::ImageRecord& image);

/// Throws Error where an image is of another architecture than was asked for, or of a variant that does not run there.
/// A registry may have one image alone, whatever was asked of it. `what` begins the sentence.
void require_platform(const layers::oci::ImageConfig& config, const std::string& platform, const std::string& what);
/// Throws Error with the nearest names.
layers::ImageRecord require_local_image(layers::Store& store, const std::string& given);

/// The state that a stage on an image of the store starts from.
StageState state_of_image(layers::Store& store, const layers::ImageRecord& image);

/// The canonical name of an image that a text found; empty where it has none.
std::string name_of_image(const layers::ImageRecord& image, const std::string& text);

/// The annotations of an image, without the one that says when it was made.
std::map<std::string, std::string> annotations_to_inherit(const layers::ImageRecord& image);

/// Notes where an image came from, for the images that are made from it. OCI image-spec, annotations.md.
void note_base(std::map<std::string, std::string>& annotations, const layers::ImageRecord& image,
               const std::string& name);

}  // namespace builder
