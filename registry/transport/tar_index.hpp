// The table of contents of a tar file that is read out of order: an image archive. Only headers are read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "registry/transport/blob_files.hpp"
#include "runtime/sys/fd.hpp"

namespace registry {

/// The files of an uncompressed tar archive as if they lay in a folder. Links inside the archive are followed; nothing
/// is unpacked. Throws Error where the file is no tar archive or its headers make no sense.
std::unique_ptr<NamedFiles> files_of_archive(std::shared_ptr<const runtime::Fd> file, const std::string& file_name);

/// The same for any archive: one that is packed with gzip, zstd, bzip2 or xz, or that comes through a pipe, is unpacked
/// into a temporary file first.
std::unique_ptr<NamedFiles> open_archive(const std::string& file_name);

}  // namespace registry
