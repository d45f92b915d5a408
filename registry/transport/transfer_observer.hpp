// Who follows what is read from places and written to them, blob by blob.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "registry/transport/transport.hpp"

namespace registry {

/// Called from several threads at once; an implementation locks.
class TransferObserver {
public:
    virtual ~TransferObserver() = default;
    /// How it was found out what a name means.
    virtual void name_resolved(const std::string&) {}
    /// A registry is asked for an image of this name.
    virtual void image_asked(const std::string&) {}
    /// Blobs of an image follow.
    virtual void image_begins() {}
    /// The image with this manifest is whole.
    virtual void image_ends(const std::string&) {}
    /// A blob is on its way. `size_bytes` is 0 where it shows only at the end.
    virtual void blob_begins(const std::string& name, std::uint64_t size_bytes) = 0;
    virtual void blob_advances(const std::string& name, std::uint64_t bytes) = 0;
    virtual void blob_ends(const std::string& name, std::uint64_t size_bytes) = 0;
};

/// The same place, followed. What is given outlives it.
std::unique_ptr<ImageSource> followed(ImageSource& source, TransferObserver& observer);
std::unique_ptr<ImageDestination> followed(ImageDestination& destination, TransferObserver& observer);

}  // namespace registry
