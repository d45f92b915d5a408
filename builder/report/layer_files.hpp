// The files of an image by the layers that made them, and what is in layers below without being seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "builder/questions/file_stack.hpp"

namespace builder {

/// One path of an image.
struct LayeredFile {
    std::string path;  ///< absolute
    mode_t mode = 0;
    std::int64_t bytes = 0;           ///< as it is, or was before it was deleted
    std::vector<std::size_t> layers;  ///< places in the stack of all that have it, bottom first
    std::int64_t hidden_bytes = 0;    ///< in layers whose file is not seen
    bool is_deleted = false;          ///< by a layer above all of `layers`
};

struct LayerFiles {
    std::vector<LayeredFile> files;          ///< sorted by path
    std::vector<std::int64_t> wasted_bytes;  ///< by layer: of files that a later layer deletes or overwrites
};

/// Walks every layer once. A file that was only copied up counts as written again: its bytes are in the image twice.
/// Throws Error where a layer cannot be read.
LayerFiles files_of_layers(const FileStack& stack);

}  // namespace builder
