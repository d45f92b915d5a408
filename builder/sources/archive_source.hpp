// Archives that ADD unpacks: tar, plain or compressed with gzip, bzip2, xz or zstd; told by their content.
#pragma once

#include <string>

#include "layers/unpacker.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// Whether an open file is such an archive. Its position is lost.
bool is_archive(const runtime::Fd& file);

/// Unpacks it into a folder, which nothing in it can leave. Owners and modes are the archive's. `name` is for messages.
layers::UnpackStatistics extract_archive(runtime::Fd file, const runtime::Fd& folder, const std::string& name);

}  // namespace builder
