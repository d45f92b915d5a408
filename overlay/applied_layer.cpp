#include "overlay/applied_layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "overlay/file_copy.hpp"
#include "overlay/link_copies.hpp"
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

class Application {
public:
    Application(const Fd& tree, MarkNamespace marks) : tree_(tree), marks_(marks), links_(tree) {}

    void run(const Fd& layer) { apply(layer, tree_, ""); }

private:
    void apply(const Fd& from, const Fd& to, const std::string& path) {
        const runtime::WalkLevel level;
        for (const runtime::FolderEntry& entry : runtime::list_folder(from)) {
            const auto status = runtime::stat_at(from, entry.name);
            if (!status) throw SystemError("cannot read the status of {}", runtime::quoted(entry.name));
            if (S_ISDIR(status->st_mode)) {
                apply_folder(from, to, path, entry.name);
                continue;
            }
            remove_if_there(to, entry.name);
            if (is_whiteout(*status) || S_ISSOCK(status->st_mode)) continue;
            if (!links_.link(*status, to, path, entry.name)) copy_leaf_or_stand_in(from, *status, to, entry.name);
        }
        copy_metadata(from, to);
    }

    void apply_folder(const Fd& from, const Fd& to, const std::string& path, const std::string& name) {
        const Fd layer = runtime::open_at(from, name, folder_flags);
        const auto there = runtime::stat_at(to, name);
        if (there && (!S_ISDIR(there->st_mode) || is_opaque(layer, marks_))) runtime::remove_tree_at(to, name);
        if (::mkdirat(to.get(), name.c_str(), 0700) != 0 && errno != EEXIST)
            throw SystemError("cannot make the folder {}", runtime::quoted(name));
        apply(layer, runtime::open_at(to, name, folder_flags), path.empty() ? name : path + "/" + name);
    }

    const Fd& tree_;
    MarkNamespace marks_;
    LinkCopies links_;
};

}  // namespace

void apply_layer(const std::string& layer, const std::string& tree, MarkNamespace marks) {
    const Fd folder = runtime::open_path(tree, O_RDONLY | O_DIRECTORY);
    Application(folder, marks).run(runtime::open_path(layer, O_RDONLY | O_DIRECTORY));
}

}  // namespace overlay
