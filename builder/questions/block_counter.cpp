#include "builder/questions/block_counter.hpp"

#include <fcntl.h>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {

std::int64_t BlockCounter::count_alone(const struct stat& status) {
    constexpr std::int64_t block_bytes = 512;
    const bool is_counted =
        !S_ISDIR(status.st_mode) && status.st_nlink > 1 && !linked_.emplace(status.st_dev, status.st_ino).second;
    return is_counted ? 0 : status.st_blocks * block_bytes;
}

std::int64_t BlockCounter::count(const runtime::Fd& folder, const std::string& name) {
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
    std::int64_t bytes = count_alone(status);
    if (S_ISDIR(status.st_mode)) bytes += count_below(folder, name);
    return bytes;
}

std::int64_t BlockCounter::count_below(const runtime::Fd& folder, const std::string& name) {
    std::int64_t bytes = 0;
    try {
        const runtime::WalkLevel level;
        const runtime::Fd opened = runtime::open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        for (const runtime::FolderEntry& entry : runtime::list_folder(opened)) bytes += count(opened, entry.name);
    } catch (const runtime::SystemError& error) {
        is_whole_ = is_whole_ && (error.number() == ENOENT || error.number() == ENOTDIR);
        runtime::log_debug("not counted: {}", error.full_message());
    } catch (const runtime::Error& error) {
        is_whole_ = false;
        runtime::log_debug("not counted: {}", error.full_message());
    }
    return bytes;
}

}  // namespace builder
