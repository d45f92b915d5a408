// A layer on top of a tree that is no stack of folders: what the two would look like as one, made so.
#pragma once

#include <string>

#include "overlay/whiteout.hpp"
#include "runtime/sys/fd.hpp"

namespace overlay {

/// Brings the folder `tree` to what overlayfs would show of `layer` over it: deletes, replaces, adds. Files that are
/// the same in both, by hard links too, become files of the tree's own; names of one file of the layer stay so. Sockets
/// and device nodes that may not be made are treated as by copy_tree(). Throws SystemError.
void apply_layer(const std::string& layer, const std::string& tree, MarkNamespace marks);

}  // namespace overlay
