#include "layers/layer_deletions.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string joined(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

void LayerDeletions::add(const runtime::Fd& parent, const std::string& name) {
    const std::string folder_path = resolved(parent);
    const auto status = runtime::stat_at(parent, name);
    if (status && !S_ISDIR(status->st_mode)) return;
    if (status) {
        const runtime::Fd folder = runtime::open_at(parent, name, folder_flags);
        if (!holds_deletions_only(folder, joined(folder_path, name))) return add_all_in(folder);
        runtime::remove_tree_at(parent, name);
    }
    overlay::make_whiteout(parent, name);
    with_whiteouts_.insert(folder_path);
}

void LayerDeletions::add_all_in(const runtime::Fd& folder) {
    overlay::make_opaque(folder, marks_);
    replacing_.insert(resolved(folder));
}

bool LayerDeletions::covers(const std::string& path) const {
    if (with_whiteouts_.empty()) return false;
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
        const auto place = runtime::open_in_root_if_exists(root_, path.substr(0, end), O_PATH | O_NOFOLLOW);
        if (!place) return false;
        if (overlay::is_whiteout(runtime::stat_of(*place))) return true;
        if (end == std::string::npos) return false;
    }
}

bool LayerDeletions::make_way(const runtime::Fd& parent, const std::string& name, const std::string& path) {
    const auto status = runtime::stat_at(parent, name);
    if (!status || !overlay::is_whiteout(*status)) return false;
    runtime::remove_tree_at(parent, name);
    replacing_.insert(path);
    return true;
}

bool LayerDeletions::hides(const std::string& path) const {
    for (std::string folder = path; !folder.empty(); folder = folder_of(folder))
        if (replacing_.contains(folder)) return true;
    return replacing_.contains("");
}

void LayerDeletions::drop_needless(const std::function<bool(const std::string& path)>& is_lower_folder) const {
    for (const std::string& path : with_whiteouts_) {
        const bool hides_something = path.empty() || (!hides(path) && (!is_lower_folder || is_lower_folder(path)));
        if (hides_something) continue;
        const auto folder = runtime::open_in_root_if_exists(root_, path, folder_flags);
        if (!folder) continue;  // replaced by a later entry
        for (const runtime::FolderEntry& entry : runtime::list_folder(*folder)) {
            const auto status = runtime::stat_at(*folder, entry.name);
            if (status && overlay::is_whiteout(*status)) runtime::remove_tree_at(*folder, entry.name);
        }
    }
}

std::string LayerDeletions::resolved(const runtime::Fd& folder) const {
    const std::string path = runtime::path_below(root_, folder);
    return path.starts_with("/") ? path.substr(1) : path;
}

bool LayerDeletions::holds_deletions_only(const runtime::Fd& folder, const std::string& path) const {
    if (!implied_.contains(path)) return false;
    const runtime::WalkLevel level;
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
        const auto status = runtime::stat_at(folder, entry.name);
        if (!status || overlay::is_whiteout(*status)) continue;
        if (!S_ISDIR(status->st_mode)) return false;
        const runtime::Fd child = runtime::open_at(folder, entry.name, folder_flags);
        if (!holds_deletions_only(child, joined(path, entry.name))) return false;
    }
    return true;
}

}  // namespace layers
