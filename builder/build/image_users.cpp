#include "builder/build/image_users.hpp"

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
    return {view.read_text("/etc/passwd").value_or(""), view.read_text("/etc/group").value_or("")};
}

runtime::ContainerUser find_user(std::string_view text, const overlay::LayeredView& view) {
    return runtime::find_user(text, user_files(view));
}

void give_new_files(const Fd& upper, const overlay::LayeredView& below, const runtime::ContainerUser& user) {
    if (user.uid == 0 && user.gid == 0) return;
    const std::function<void(const Fd&, const std::string&)> visit = [&](const Fd& folder, const std::string& path) {
        for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
            const std::string name = path + "/" + entry.name;
            const auto status = runtime::stat_at(folder, entry.name);
            if (!status || overlay::is_whiteout(*status)) continue;
            if (status->st_uid == 0 && status->st_gid == 0 && !below.find(name, false))
                runtime::set_owner_at(folder, entry.name, user.uid, user.gid);
            if (S_ISDIR(status->st_mode))
                visit(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), name);
        }
    };
    visit(upper, "");
}

}  // namespace builder
