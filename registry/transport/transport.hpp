// Images wherever they lie: what can be read from a place, what can be written to one. Everything that is read is
// checked against its digest and size before its last byte is handed out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "layers/compression.hpp"
#include "layers/digest.hpp"
#include "layers/media_type.hpp"
#include "layers/oci/descriptor.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/stream.hpp"

namespace registry {

/// A manifest or an index, byte for byte as it is stored, for its digest is its name.
struct RawManifest {
    std::string text;
    std::string media_type;

    layers::Digest digest() const { return layers::Digest::of(text); }
    bool is_index() const noexcept { return layers::media_type::is_index(media_type); }
    layers::oci::Descriptor descriptor() const {
        return layers::oci::make_descriptor(media_type, digest(), text.size());
    }
};

/// A repository of a registry that blobs are in.
struct BlobPlace {
    std::string host;
    std::string repository;
};

/// One image, or one index, at one place.
class ImageSource {
public:
    virtual ~ImageSource() = default;

    /// The document that the place names. Throws Error.
    virtual RawManifest manifest() = 0;
    /// A document that an index of this image names. Throws Error where it is missing or not as described.
    virtual RawManifest manifest(const layers::oci::Descriptor& descriptor) = 0;
    /// A blob that a manifest of this image names; reading it to its end verifies it. Throws Error where it is missing.
    virtual std::unique_ptr<runtime::Source> open_blob(const layers::oci::Descriptor& descriptor) = 0;
    /// How many blobs may be opened and read at a time, by as many threads.
    virtual unsigned parallel_blobs() const noexcept { return 1; }
    /// The repository that the blobs are in, where there is one.
    virtual std::optional<BlobPlace> place() const { return std::nullopt; }
    /// The place, as messages name it.
    virtual const std::string& name() const noexcept = 0;
};

/// What a place can hold; the copier converts images to that.
struct DestinationRules {
    /// Layers must be packed like this.
    std::optional<layers::Compression> layer_compression = std::nullopt;
    /// Documents must be of this family.
    std::optional<layers::Flavour> flavour = std::nullopt;
    bool takes_indexes = true;
    /// So many blobs may be put at a time, by as many threads.
    unsigned parallel_blobs = 1;
};

struct BlobInfo {
    layers::Digest digest;
    std::uint64_t size_bytes;
};

/// A blob whose digest and size show only when it has been written, as when it is packed on the way.
class BlobWriter : public runtime::Sink {
public:
    /// Ends the blob and makes it part of the image. Once; without it the blob is dropped.
    virtual BlobInfo finish() = 0;
};

/// A place has lost what it had of a blob that was on its way; written anew, it may arrive.
class BlobLost : public runtime::Error {
public:
    using Error::Error;
};

/// Writes a blob, from its beginning each time, till it is not lost any more; a few times at most.
void put_till_kept(const std::function<void()>& put);

/// Takes one image, blobs first. Nothing is visible under its name before commit().
class ImageDestination {
public:
    virtual ~ImageDestination() = default;

    virtual DestinationRules rules() const = 0;
    virtual bool has_blob(const layers::Digest& digest) = 0;
    /// Takes a blob and verifies it. Throws Error.
    virtual void put_blob(runtime::Source& content, const layers::oci::Descriptor& descriptor) = 0;
    /// As many at a time as the rules allow. It does not outlive the destination.
    virtual std::unique_ptr<BlobWriter> new_blob() = 0;
    /// Takes a document that the index to be committed names.
    virtual void put_manifest(const RawManifest& manifest) = 0;
    /// Gives the image its name. Once, last. Throws Error where a blob that it needs has not been put.
    virtual void commit(const RawManifest& manifest) = 0;
    virtual const std::string& name() const noexcept = 0;
};

/// The image's manifest for a platform: of an index, that which runs best there. Throws Error that lists what there is.
RawManifest choose_manifest(ImageSource& source, const layers::Platform& platform);

/// The text of the configuration that a manifest names.
std::string read_config(ImageSource& source, const layers::oci::Manifest& manifest);

}  // namespace registry
