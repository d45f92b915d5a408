// From the tar stream of a layer to a folder that overlayfs can stack, deletions and all.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "layers/unpacker.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

struct ApplyOptions {
    overlay::MarkNamespace marks = overlay::store_marks();
    OwnerRules owners = {};
    /// Leave device nodes out, for user namespaces, where they cannot be made.
    bool skip_devices = false;
    /// The largest sum of the contents, holes included.
    std::uint64_t max_bytes = default_unpack_limit_bytes;
    /// What a folder looks like in the layers below, or nothing where they have none. Asked for folders that the layer
    /// puts things into without an entry for them: overlayfs shows the upper folder's owner and mode, which would
    /// change else. Without an answer such a folder gets mode 0755 and owner 0.
    std::function<std::optional<struct stat>(const std::string& path)> lower_folder = nullptr;
    /// Whether the layers below have a folder there. Asked at the end, for folders in which the layer deletes
    /// something: where there is nothing below, the marks of deletions are left out. Without an answer they stay.
    std::function<bool(const std::string& path)> is_lower_folder = nullptr;
};

/// Unpacks an uncompressed layer into a folder and reads the source to its end, so that a digest over it is complete.
/// Nothing outside the folder can be reached. Paths through symbolic links of the same layer are resolved inside the
/// folder; ".." is refused; overlayfs' own xattrs in the stream are dropped. Throws Error naming the entry.
UnpackStatistics apply_layer(runtime::Source& tar, const runtime::Fd& folder, const ApplyOptions& options);

}  // namespace layers
