// A blob on its way here. After a broken connection it goes on where it stopped.
#pragma once

#include <memory>
#include <optional>

#include "layers/oci/descriptor.hpp"
#include "registry/remote/repository.hpp"

namespace registry {

/// The blob's bytes, unverified. Throws Error where the registry does not have it, or says another size.
class BlobDownload final : public runtime::Source {
public:
    /// The repository outlives it.
    BlobDownload(Repository& repository, const layers::oci::Descriptor& descriptor);
    std::size_t read(std::span<std::byte> buffer) override;

private:
    void open();
    void note_progress();
    void skip_to_offset(HttpResponse& response);

    Repository& repository_;
    layers::oci::Descriptor descriptor_;
    std::uint64_t offset_ = 0;
    std::uint64_t noted_ = 0;  ///< up to where it counted as progress
    std::optional<HttpResponse> response_;
    Retry retry_;
};

}  // namespace registry
