// Where images come from and go to, as people write it: the one way in and the one way out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/sources/source_policy.hpp"
#include "layers/store/store.hpp"
#include "registry/export_image.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

/// Where an image goes: names in the store, and places outside it ("oci:FOLDER:tag", "docker://NAME").
struct Destinations {
    std::vector<std::string> names;  ///< canonical
    std::vector<std::string> places;
    bool empty() const noexcept { return names.empty() && places.empty(); }
};

/// Sorts what -t names. Throws Error for a bad name.
Destinations parse_destinations(const std::vector<std::string>& texts);

/// For --sign-by. Throws Error where nothing that is written could be signed.
void check_destinations_for_signing(const Destinations& destinations);

/// When an image is fetched that may be in the store.
enum class PullPolicy {
    missing,  ///< where the store does not have it
    always,
    never,
    newer,  ///< where the registry has another one; the store's where the registry cannot be asked
};

/// Throws Error naming `flag` for what is none. Knows the older words too: ifmissing, ifnewer, true, false.
PullPolicy parse_pull_policy(const std::string& text, const std::string& flag = "--pull");

/// The image that FROM, --from, `from` or `pull` names: out of the store, or brought into it, as the policy says. An
/// image of a registry gets its name in the store, one out of a file or folder none (place_names.hpp). A text with a
/// transport is always brought in, but for docker://, which follows the policy. What the store has is taken for just
/// this platform only: for another one the registry is asked, and where it cannot help that is an error. Throws Error
/// with what is near.
layers::ImageRecord obtain_image(layers::Store& store, const std::string& text, const std::string& platform,
                                 PullPolicy policy, registry::Registries& registries,
                                 const std::vector<registry::CryptKey>& keys = {});

/// The same under a source policy, which may refuse the image or put another in its place. A short name is held against
/// it as each of the names that it may stand for.
layers::ImageRecord obtain_allowed_image(layers::Store& store, const std::string& text, const std::string& platform,
                                         PullPolicy policy, registry::Registries& registries, const SourcePolicy& rules,
                                         const std::vector<registry::CryptKey>& keys = {});

/// Brings the image at a place ("oci:…", "docker://…") into the store; it gets no name there. Nothing where the text
/// names no transport.
std::optional<layers::ImageRecord> import_from(layers::Store& store, const std::string& text,
                                               const std::string& platform, registry::Registries& registries,
                                               const std::vector<registry::CryptKey>& keys = {});

/// Writes an image to a place, and gives the descriptor of the manifest that was written. A text without a transport is
/// a name in a registry.
layers::oci::Descriptor export_to(layers::Store& store, const layers::ImageRecord& image, const std::string& place,
                                  const registry::ExportOptions& options, registry::Registries& registries);

/// The destination behind a place, for images that are written by other means than export_to. The registries and the
/// store outlive it.
std::unique_ptr<registry::ImageDestination> open_destination(layers::Store& store, const std::string& place,
                                                             registry::Registries& registries,
                                                             const std::vector<std::string>& names = {});
/// The source behind a place, and the name in a registry for a text without a transport.
std::unique_ptr<registry::ImageSource> open_source(const std::string& place, registry::Registries& registries);

}  // namespace builder
