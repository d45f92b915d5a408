#include "overlay/driver.hpp"

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/root_mount.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace overlay {

std::string refusal_of_overlayfs(const std::string& folder, bool user_xattrs) {
    const runtime::TempFolder trial(folder);
    const std::string& path = trial.path();
    for (const char* name : {"/lower", "/upper", "/work"}) runtime::make_folders(path + name, 0700);
    try {
        runtime::mount_root({{}, path + "/upper", path + "/work", user_xattrs}, path + "/lower");
        return "";
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
}

}  // namespace overlay
