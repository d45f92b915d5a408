// A blob on its way to a registry: written as a stream, sent in chunks that are sent again where a connection broke.
// OCI distribution-spec, "Pushing a blob in chunks".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "layers/verifying_source.hpp"
#include "registry/remote/repository.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {

/// A small blob is asked for first, as its digest is known before anything is sent; a large one begins to travel while
/// it is still being made. Dropping an upload that was not finished cancels it.
class BlobUpload final : public BlobWriter {
public:
    /// The repository outlives it. `location` is of an upload that the registry has begun already, or empty. With
    /// `is_missing` the registry has said already that it does not have the blob.
    explicit BlobUpload(Repository& repository, std::string location = {}, bool is_missing = false);
    ~BlobUpload() override;

    using Sink::write;
    void write(runtime::Bytes bytes) override;
    BlobInfo finish() override;

private:
    void begin();
    void send_chunk();
    /// How many bytes of the blob the registry has, by its own word.
    std::optional<std::uint64_t> ask_progress();
    bool take_progress(std::uint64_t progress);
    bool meet_refusal(HttpResponse& response, Retry& retry);
    bool try_chunk(Retry& retry);
    void close(const layers::Digest& digest, const std::optional<HttpBody>& body);
    void spool();
    void send_whole(const layers::Digest& digest, const HttpBody& body);
    void send_spooled(const layers::Digest& digest);

    Repository& repository_;
    std::string location_;
    std::size_t chunk_bytes_;
    std::vector<std::byte> chunk_;
    std::uint64_t sent_ = 0;  ///< bytes before the chunk
    layers::DigestingSink digest_;
    bool has_sent_chunk_ = false;
    const bool is_missing_;
    bool is_done_ = false;
    /// For registries that take no chunks: the whole blob, to be sent at once when its digest is known.
    std::optional<runtime::TempFolder> spool_folder_;
    runtime::Fd spool_;
};

}  // namespace registry
