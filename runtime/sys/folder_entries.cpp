#include "runtime/sys/folder_entries.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

thread_local unsigned folder_levels = 0;

}  // namespace

WalkLevel::WalkLevel() {
    if (folder_levels == most_folder_levels)
        throw Error("more than {} folders lie inside each other", most_folder_levels)
            .with_hint("remove the deep tree in the step that makes it");
    ++folder_levels;
}

WalkLevel::~WalkLevel() {
    --folder_levels;
}

std::vector<FolderEntry> list_folder(const Fd& folder) {
    // A descriptor of its own: the place in a folder belongs to the open description, and two threads that list the
    // same folder by one descriptor would each see a part of it.
    const Fd own = open_at(folder, ".", O_RDONLY | O_DIRECTORY);
    std::vector<FolderEntry> entries;
    alignas(dirent64) std::array<char, 32 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::getdents64(own.get(), buffer.data(), buffer.size());
        if (count < 0) throw SystemError("cannot list a folder");
        if (count == 0) break;
        for (ssize_t offset = 0; offset < count;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + offset);
            offset += entry->d_reclen;
            const std::string_view name(entry->d_name);
            if (name != "." && name != "..") entries.push_back({std::string(name), entry->d_type});
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    return entries;
}

void visit_tree(const Fd& folder, const std::function<void(const Fd& parent, const FolderEntry& entry)>& visit) {
    const WalkLevel level;
    for (const FolderEntry& entry : list_folder(folder)) {
        const auto status = stat_at(folder, entry.name);
        if (status && S_ISDIR(status->st_mode))
            visit_tree(open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), visit);
        visit(folder, entry);
    }
}

}  // namespace runtime
