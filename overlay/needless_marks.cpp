#include "overlay/needless_marks.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace overlay {
namespace {

bool is_folder(const runtime::Fd& parent, const runtime::FolderEntry& entry) {
    if (entry.type != DT_UNKNOWN) return entry.type == DT_DIR;
    const auto status = runtime::stat_at(parent, entry.name);
    return status && S_ISDIR(status->st_mode);
}

/// `under` is the folder below that shows through; nothing where none does.
void clean(const runtime::Fd& folder, const std::optional<MergedFolder>& under, const LayeredView& below) {
    const runtime::WalkLevel level;
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
        if (!is_folder(folder, entry)) continue;
        const runtime::Fd child = runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        auto lower = under ? below.child(*under, entry.name) : std::nullopt;
        const bool hides_something = lower && lower->folder;
        if (!hides_something) clear_opaque(child, below.marks());
        const bool shows_through = hides_something && !is_opaque(child, below.marks());
        clean(child, shows_through ? std::move(lower->folder) : std::nullopt, below);
    }
}

}  // namespace

void drop_needless_marks(const runtime::Fd& upper, const LayeredView& below) {
    clean(runtime::open_at(upper, ".", O_RDONLY | O_DIRECTORY), below.root(), below);
}

}  // namespace overlay
