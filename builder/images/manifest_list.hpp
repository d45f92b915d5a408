// Manifest lists that are put together in the store: images for several platforms, and artifacts, under one name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layers/oci/index.hpp"
#include "layers/store/store.hpp"
#include "registry/export_image.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

/// What a member's platform and annotations are to be instead of what its image says.
struct MemberFields {
    std::string os, architecture, variant, os_version;
    std::vector<std::string> os_features;
    std::vector<std::string> features;
    std::map<std::string, std::string> annotations;
};

/// Files that become an artifact. OCI image-spec, manifest.md, "Guidelines for Artifact Usage".
struct ArtifactRequest {
    std::vector<std::string> files;
    std::string artifact_type;
    std::string config_file;  ///< empty: the empty configuration
    std::string config_type;
    std::string layer_type;
    std::string subject;  ///< an image that it is about
    bool without_titles = false;
    std::map<std::string, std::string> annotations;
};

/// Puts the fields that are given into a member's descriptor.
void apply_fields(const MemberFields& fields, layers::oci::Descriptor& descriptor);

/// How a file that a list was made of is remembered.
std::string absolute_file(const std::string& text);

class ManifestList {
public:
    /// A new one. `name` is what people type.
    explicit ManifestList(const std::string& name);
    /// By its name, or by the digest of the index, of which 12 digits are enough. Nothing where there is none.
    static std::optional<ManifestList> find(layers::Store& store, const std::string& name);
    /// Throws Error where there is none.
    static ManifestList require(layers::Store& store, const std::string& name);
    /// To add to: the one that is there, else a new one. Throws Error where an image has the name.
    static ManifestList find_or_new(layers::Store& store, const std::string& name);
    static std::string canonical_name(const std::string& name);

    const std::string& name() const noexcept { return name_; }
    /// Its own, as an image has one: it stays the same whatever is added.
    layers::Digest id() const;
    /// RFC 3339; empty where it is new, or of an earlier version.
    const std::string& created() const noexcept { return created_; }
    layers::oci::Index& index() noexcept { return index_; }
    /// What both have is taken from the other.
    void add_members_of(const ManifestList& other);
    /// Of the index as the store has it. What is pushed may have another one: layers are packed on the way.
    layers::oci::Descriptor descriptor() const;
    layers::Digest digest() const { return descriptor().digest(); }

    /// Adds an image of the store or of a place; of an index all members, or the one for this machine, or the one that
    /// the fields name. Gives what was added.
    std::vector<layers::Digest> add_image(layers::Store& store, const std::string& text, bool all,
                                          const MemberFields& fields, registry::Registries& registries);
    /// Adds an image of the store as a member.
    layers::Digest add_stored(const layers::ImageRecord& image, const MemberFields& fields);
    layers::Digest add_artifact(layers::Store& store, const ArtifactRequest& request, const MemberFields& fields,
                                registry::Registries& registries);
    /// The member that a text names: by its digest, by an image of the store or of a place, by a file that was added.
    /// Throws Error.
    layers::oci::Descriptor& member(layers::Store& store, const std::string& text, registry::Registries& registries);
    /// The files that a member was made of.
    std::vector<std::string> files_of(const layers::oci::Descriptor& member) const;
    void remove(const layers::Digest& digest);
    /// The ID of the store's image that a member is; nothing where it lies elsewhere.
    std::optional<layers::Digest> image_of(const layers::oci::Descriptor& member) const;
    /// The same list under another name.
    ManifestList named(const std::string& name) const;
    /// The descriptor of what a text names, for subjects.
    static layers::oci::Descriptor describe(layers::Store& store, const std::string& text,
                                            registry::Registries& registries);

    void save(layers::Store& store) const;
    /// Writes members, if `all`, and the index to a place, and gives the descriptor of the index there.
    /// `added_compressions` puts each image once more in other packings.
    layers::oci::Descriptor push(layers::Store& store, const std::string& place, bool all,
                                 const registry::ExportOptions& options,
                                 const std::vector<layers::Compression>& added_compressions,
                                 registry::Registries& registries);

private:
    /// Where a member's content comes from.
    struct Origin {
        std::string place;                    ///< "docker://…@sha256:…"
        std::string image_id;                 ///< of the store
        std::vector<std::string> blobs;       ///< of the store: the manifest first
        std::vector<std::string> files = {};  ///< of an artifact, where they lay when they were added
    };
    void put_member(layers::oci::Descriptor descriptor, Origin origin);
    std::optional<layers::ImageRecord> image_elsewhere(layers::Store& store, const layers::oci::Descriptor& member,
                                                       registry::Registries& registries) const;
    layers::oci::Descriptor push_member(layers::Store& store, const layers::oci::Descriptor& member,
                                        registry::ImageDestination& destination, const registry::ExportOptions& options,
                                        registry::Registries& registries);
    std::optional<layers::oci::Descriptor> push_packed_otherwise(
        layers::Store& store, const layers::oci::Descriptor& member, registry::ImageDestination& destination,
        registry::ExportOptions options, layers::Compression compression, registry::Registries& registries);

    std::string name_;  ///< canonical
    std::string created_;
    layers::oci::Index index_;
    std::map<std::string, Origin> origins_;  ///< by digest
};

/// Adds an image of the store to a list, which is made where there is none of that name, and gives the list.
ManifestList add_to_manifest_list(layers::Store& store, const std::string& name, const layers::ImageRecord& image);

}  // namespace builder
