#include "overlay/applied_layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::SystemError;

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

void remove_if_there(const Fd& folder, const std::string& name) {
    if (runtime::stat_at(folder, name)) runtime::remove_tree_at(folder, name);
}

void apply(const Fd& from, const Fd& to, MarkNamespace marks);

void apply_folder(const Fd& from, const Fd& to, const std::string& name, MarkNamespace marks) {
    const Fd layer = runtime::open_at(from, name, folder_flags);
    const auto there = runtime::stat_at(to, name);
    if (there && (!S_ISDIR(there->st_mode) || is_opaque(layer, marks))) runtime::remove_tree_at(to, name);
    if (::mkdirat(to.get(), name.c_str(), 0700) != 0 && errno != EEXIST)
        throw SystemError("cannot make the folder {}", runtime::quoted(name));
    apply(layer, runtime::open_at(to, name, folder_flags), marks);
}

void apply(const Fd& from, const Fd& to, MarkNamespace marks) {
    const runtime::WalkLevel level;
    for (const runtime::FolderEntry& entry : runtime::list_folder(from)) {
        const auto status = runtime::stat_at(from, entry.name);
        if (!status) throw SystemError("cannot read the status of {}", runtime::quoted(entry.name));
        if (S_ISDIR(status->st_mode)) {
            apply_folder(from, to, entry.name, marks);
            continue;
        }
        remove_if_there(to, entry.name);
        if (!is_whiteout(*status) && !S_ISSOCK(status->st_mode)) copy_leaf_or_stand_in(from, *status, to, entry.name);
    }
    take_looks(from, to);
}

}  // namespace

void apply_layer(const std::string& layer, const std::string& tree, MarkNamespace marks) {
    apply(runtime::open_path(layer, O_RDONLY | O_DIRECTORY), runtime::open_path(tree, O_RDONLY | O_DIRECTORY), marks);
}

}  // namespace overlay
