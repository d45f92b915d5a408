// From an archive that a user names to files below a root: what ADD does with local archives.
#pragma once

#include <cstdint>
#include <string>

#include "layers/unpacker.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

struct ExtractOptions {
    /// The folder below the root where the archive goes; it is made with its parents where it is missing.
    std::string destination = {};
    OwnerRules owners = {};
    bool skip_devices = false;
    std::uint64_t max_bytes = default_unpack_limit_bytes;
};

/// Unpacks a tar archive, plain or compressed with gzip, bzip2, xz or zstd, below a root, as ADD does. Links that are
/// there already are followed inside the root; folders that are there already keep owner, mode and times; names that
/// start with
/// ".wh." have no meaning. Throws Error naming the entry.
UnpackStatistics extract_archive(runtime::Source& archive, const runtime::Fd& root, const ExtractOptions& options);

/// Whether the source holds such an archive. Reads as much as the first entry's header needs.
bool is_archive(runtime::Source& source);

}  // namespace layers
