// Files of HTTP servers: ADD https://….
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/steps/copy_input.hpp"

namespace builder {

class CopiedDownloads final : public CopyInput {
public:
    using CopyInput::CopyInput;

    /// With --checksum the key is known before anything is fetched, so that a cached step needs no network; else the
    /// file is fetched now. Throws Error.
    void gather(const std::string& url);

    std::size_t count() const noexcept override { return downloads_.size(); }
    void add_to_key(KeyBuilder& key) override;
    void write(CopyWriter& writer, overlay::UpperFolder& upper) override;

private:
    struct Download {
        std::string url;
        layers::Digest digest;
        std::string name;
        std::optional<FetchedFile> file;  ///< nothing: not fetched yet, because --checksum says all that the key needs
    };
    void require_checksum(const Download& download) const;
    void write_one(const Download& download, CopyWriter& writer, overlay::UpperFolder& upper) const;

    std::vector<Download> downloads_;
};

}  // namespace builder
