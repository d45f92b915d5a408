// Marks in an upper folder that hide nothing: overlayfs leaves some, other ways to the same files do not, and a layer
// is to be the same whichever was taken.
#pragma once

#include "overlay/layered_view.hpp"
#include "runtime/sys/fd.hpp"

namespace overlay {

/// Takes the mark of an opaque folder away where there is no folder below: the kernel sets it when a folder is renamed
/// into one that lower layers have, whatever they have in it. Throws SystemError.
void drop_needless_marks(const runtime::Fd& upper, const LayeredView& below);

}  // namespace overlay
