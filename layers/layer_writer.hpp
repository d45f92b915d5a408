// From the folder of a layer to its tar stream: what overlayfs left in an upper folder, said in the words of OCI layers
// (image-spec, layer.md). The stream is the same for the same folder, on any machine.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "overlay/whiteout.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

struct Owner {
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
};

struct LayerWriteOptions {
    overlay::MarkNamespace marks = overlay::store_marks();
    /// Times after this one become this one.
    std::optional<timespec> clamp_mtime = std::nullopt;
    /// All times become clamp_mtime, earlier ones too.
    bool rewrite_all_mtimes = false;
    /// From owners as they are on disk to owners as they stand in the layer; empty means as they are.
    std::function<Owner(Owner)> map_owner = nullptr;
    /// Write the folder itself as "./", with its owner, mode and xattrs.
    bool include_root = false;
    /// Called with the path of each entry before anything of it is written.
    std::function<void(const std::string& path)> on_entry = nullptr;
};

struct LayerStatistics {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  ///< of the tar stream
};

/// Writes the layer's tar stream: parents before children, names in the order of their bytes, the first name of a hard
/// link as the file and the others as links to it. Sockets are left out, holes are written as zeros, overlayfs' own
/// xattrs become ".wh." entries or vanish. Throws Error where a file changes its size meanwhile, where a folder was
/// renamed across layers or a file's content was left in a lower layer (the mount options redirect_dir and metacopy,
/// which a layer cannot express), and where a name starts with ".wh.", which a layer would take for a deletion.
LayerStatistics write_layer_tar(const runtime::Fd& diff_folder, runtime::Sink& out, const LayerWriteOptions& options);

}  // namespace layers
