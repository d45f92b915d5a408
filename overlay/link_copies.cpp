#include "overlay/link_copies.hpp"

#include "runtime/base/error.hpp"
#include "runtime/sys/hard_link.hpp"
#include "runtime/sys/ownership.hpp"

namespace overlay {

bool LinkCopies::link(const struct stat& status, const runtime::Fd& folder, const std::string& folder_path,
                      const std::string& name) {
    if (status.st_nlink < 2 || S_ISDIR(status.st_mode)) return false;
    const std::string path = folder_path.empty() ? name : folder_path + "/" + name;
    const auto [known, is_first] = first_names_.try_emplace({status.st_dev, status.st_ino}, path);
    if (is_first) return false;
    if (runtime::link_beneath(target_, known->second, folder, name) != 0) return false;
    note_owner_of_name(folder, name, status);
    return true;
}

void note_owner_of_name(const runtime::Fd& folder, const std::string& name, const struct stat& status) {
    if (!runtime::owners_are_aside() || S_ISREG(status.st_mode)) return;
    if (const int number = runtime::set_owner_at(folder, name, status.st_uid, status.st_gid); number != 0)
        throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot set the owner of {}",
                                   runtime::quoted(name));
}

}  // namespace overlay
