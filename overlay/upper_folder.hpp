// Writing into the topmost of stacked folders so that the result is what overlayfs itself would have left there.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "overlay/layered_view.hpp"
#include "runtime/sys/fd.hpp"

namespace overlay {

/// How folders are made that exist nowhere yet.
struct NewFolder {
    mode_t mode = 0755;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Whether an upper folder is new, so that it has to get the metadata of the root below it, or was written to before.
enum class UpperState { fresh, kept };

class UpperFolder {
public:
    /// `upper_path` is an existing folder; where it is fresh, it takes owner and mode of the root below it.
    UpperFolder(const std::string& upper_path, const LayeredView& below, UpperState state = UpperState::fresh);

    /// The merged tree, the upper folder's content included at any moment.
    const LayeredView& view() const noexcept { return view_; }

    /// The folder of that resolved path (no links in it) in the upper folder, for writing. Folders that only lower
    /// layers have are made with the same owner, mode, times and xattrs; missing ones as `fresh` says.
    runtime::Fd open_folder(const std::string& resolved_path, const NewFolder& fresh);

    /// Takes away what the merged tree shows under a name of a folder, with a whiteout where a lower layer has it.
    void remove(const std::string& resolved_folder, const std::string& name);

    /// A folder that open_folder() made in the upper folder. What goes into it changes its time.
    struct MadeFolder {
        std::string path;                ///< resolved
        std::optional<timespec> before;  ///< the time that lower layers give it; nothing where they have none
    };
    const std::vector<MadeFolder>& made_folders() const noexcept { return made_; }

    /// The upper folder itself.
    const runtime::Fd& folder() const noexcept { return upper_; }

    /// Whether any of the missing folders were made since construction, that is, whether the layer is more than empty.
    bool changed() const noexcept { return changed_; }
    void note_change() noexcept { changed_ = true; }

private:
    runtime::Fd step_into(const runtime::Fd& parent, const std::optional<MergedEntry>& below, const std::string& path,
                          const NewFolder& fresh);
    MarkNamespace marks_;
    LayeredView lower_view_;
    LayeredView view_;
    runtime::Fd upper_;
    bool changed_ = false;
    std::vector<MadeFolder> made_;
};

}  // namespace overlay
