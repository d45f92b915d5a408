#include "builder/steps/image_users.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <functional>
#include <string>

#include "overlay/whiteout.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"

namespace builder {

using runtime::Fd;

runtime::UserFiles user_files(const overlay::LayeredView& view) {
    constexpr std::size_t limit_bytes = 4U << 20;
    return {view.read_text("/etc/passwd", limit_bytes).value_or(""),
            view.read_text("/etc/group", limit_bytes).value_or("")};
}

runtime::ContainerUser find_user(std::string_view text, const overlay::LayeredView& view) {
    return runtime::find_user(text, user_files(view));
}

runtime::Owner find_owner(std::string_view text, const overlay::LayeredView& view) {
    return runtime::find_owner(text, user_files(view));
}

namespace {

using Visit = std::function<void(const Fd& folder, const runtime::FolderEntry& entry, const std::string& path,
                                 const struct stat& status)>;

void visit_upper(const Fd& folder, const std::string& path, const Visit& visit) {
    const runtime::WalkLevel level;
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
        const std::string name = path + "/" + entry.name;
        const auto status = runtime::stat_at(folder, entry.name);
        if (!status || overlay::is_whiteout(*status)) continue;
        visit(folder, entry, name, *status);
        if (S_ISDIR(status->st_mode))
            visit_upper(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), name, visit);
    }
}

}  // namespace

void give_new_files(const Fd& upper, const overlay::LayeredView& below, const runtime::ContainerUser& user,
                    const std::set<std::string>& older) {
    if (user.uid == 0 && user.gid == 0) return;
    visit_upper(upper, "",
                [&](const Fd& folder, const auto& entry, const std::string& path, const struct stat& status) {
                    if (status.st_uid == 0 && status.st_gid == 0 && !older.contains(path) && !below.find(path, false))
                        runtime::set_owner_at(folder, entry.name, user.uid, user.gid);
                });
}

void visit_paths(const Fd& upper, const std::function<void(const std::string&, const struct stat&)>& visit) {
    visit_upper(upper, "", [&](const Fd&, const auto&, const std::string& path, const struct stat& status) {
        visit(path, status);
    });
}

std::set<std::string> paths_in(const Fd& upper) {
    std::set<std::string> paths;
    visit_paths(upper, [&](const std::string& path, const struct stat&) { paths.insert(path); });
    return paths;
}

}  // namespace builder
