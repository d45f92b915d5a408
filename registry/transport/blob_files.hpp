// Reading blobs from files and from parts of files, and the checks that all places share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "layers/oci/descriptor.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"

namespace registry {

/// A part of a file that several sources may read at once.
struct FileSlice {
    std::shared_ptr<const runtime::Fd> file;
    std::string file_name;  ///< for messages
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

std::unique_ptr<runtime::Source> open_slice(const FileSlice& slice);
/// The slice's text; throws Error where it is larger than the limit. `what` names it in the message.
std::string read_slice(const FileSlice& slice, std::size_t limit_bytes, std::string_view what);

/// Where names lead to files: a folder, or an archive that is like one.
class NamedFiles {
public:
    virtual ~NamedFiles() = default;
    /// Nothing where there is no such file. Throws Error where it is not a regular one.
    virtual std::optional<FileSlice> find(const std::string& path) = 0;
    /// The same for a file that no digest vouches for. Throws Error where a link leads out of the folder.
    virtual std::optional<FileSlice> find_document(const std::string& path) { return find(path); }
};

/// The files below a folder of the user's own. Links of blobs are followed, for their digests are checked.
std::unique_ptr<NamedFiles> files_of_folder(const std::string& folder);

/// A source over a blob's file that verifies digest and size. Throws Error where the file's size is another one
/// already.
std::unique_ptr<runtime::Source> open_verified(const FileSlice& slice, const layers::oci::Descriptor& descriptor);
/// The document in a file, verified.
RawManifest read_manifest(const FileSlice& slice, const layers::oci::Descriptor& descriptor);

/// The Error for a blob that should be there.
runtime::Error missing_blob(const std::string& place, const layers::oci::Descriptor& descriptor);

/// "blobs/sha256/HEX", the place of a blob in an OCI image folder.
std::string blob_path(const layers::Digest& digest);

}  // namespace registry
