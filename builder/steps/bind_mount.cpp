#include "builder/steps/bind_mount.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"

namespace builder {

void add_bind(std::vector<runtime::MountSpec>& mounts, std::vector<runtime::Fd>& sources, const std::string& path,
              runtime::MountSpec mount) {
    const runtime::Fd place = runtime::open_path(path, O_PATH);
    mount.is_folder = S_ISDIR(runtime::stat_of(place).st_mode);
    mount.source = static_cast<std::uint32_t>(sources.size());
    mount.source_path = path;
    sources.push_back(runtime::hold_tree(place, mount.is_folder));
    mounts.push_back(std::move(mount));
}

}  // namespace builder
