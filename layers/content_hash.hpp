// The content of a file as part of a digest.
#pragma once

#include <cstdint>
#include <string>

#include "layers/digest.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

/// Gives all bytes of a regular file to the hasher, from the first one on, and tells how many. Holes are not read.
/// Throws SystemError that names the file.
std::uint64_t hash_content(const runtime::Fd& file, const std::string& name, Hasher& hasher);

}  // namespace layers
