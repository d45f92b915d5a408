// A blob of an image that is a folder: oci:, dir:.
#pragma once

#include <string>

#include "layers/verifying_source.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/unfinished_file.hpp"

namespace registry {

/// Written under a name of its own, and named by its digest, flushed, when it is whole.
class BlobInFolder final : public BlobWriter {
public:
    /// `path` is the folder's, for errors. Throws Error.
    BlobInFolder(const runtime::Fd& folder, const std::string& path);
    void write(runtime::Bytes bytes) override;
    BlobInfo finish() override;

    /// Opens a folder for blobs, and removes those that killed processes left unfinished there. Throws Error.
    static runtime::Fd open_folder(const std::string& path);

private:
    std::string path_;
    runtime::UnfinishedFile file_;
    layers::DigestingSink digest_;
};

}  // namespace registry
