// What a container needed to have mounted on, taken away again.
#pragma once

#include <vector>

#include "overlay/layered_view.hpp"
#include "runtime/container/runner/runner.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// Takes the mount points that were made for a container out of its upper folder again, and the folders that stand
/// there only because of them. Throws Error where one cannot be removed that nobody uses.
void remove_mount_points(const runtime::Fd& upper, const std::vector<runtime::MadePath>& made,
                         const overlay::LayeredView& below);

/// The same for those in a folder of its own that was mounted at `target`. Where another step has mounted something on
/// one of them, that would be gone for it.
void remove_mount_points_in(const runtime::Fd& folder, const std::string& target,
                            const std::vector<runtime::MadePath>& made);

}  // namespace builder
