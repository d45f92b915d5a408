// Writing a tar file of which one does not know everything before: sizes and names of blobs show when they are packed.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "layers/verifying_source.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/output_file.hpp"

namespace registry {

/// A tar file that appears whole or not at all.
class ArchiveWriter {
public:
    /// Throws Error.
    explicit ArchiveWriter(const std::string& path);
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;

    void add_file(const std::string& name, std::string_view text);
    /// An entry whose name and size are given when it ends. One at a time.
    void begin_file();
    void write(runtime::Bytes content);
    void end_file(const std::string& name);
    /// Goes back to before begin_file().
    void drop_file();
    /// Gives the file its name.
    void finish();

    const std::string& path() const noexcept { return output_.path(); }

private:
    runtime::OutputFile output_;
    std::uint64_t header_offset_ = 0;
    std::uint64_t end_offset_ = 0;
};

/// The blobs of an image that is written into an archive.
class ArchiveBlobs {
public:
    /// `name_of` says where a blob lies in the archive.
    using NameOf = std::string (*)(const layers::Digest& digest);
    ArchiveBlobs(ArchiveWriter& archive, NameOf name_of) : archive_(archive), name_of_(name_of) {}

    bool has(const layers::Digest& digest) const { return written_.contains(digest); }
    void put(runtime::Source& content, const layers::oci::Descriptor& descriptor);
    void put_text(std::string_view text);
    std::unique_ptr<BlobWriter> new_blob();

private:
    class Writer;

    ArchiveWriter& archive_;
    NameOf name_of_;
    std::set<layers::Digest> written_;
};

}  // namespace registry
