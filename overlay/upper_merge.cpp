#include "overlay/upper_merge.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <set>

#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/hard_link.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

/// A folder of one of the parts.
struct PartFolder {
    std::size_t part;
    Fd folder;
};

class UpperMerge {
public:
    UpperMerge(const std::vector<UpperPart>& uppers, const LayeredView& below, const std::string& target)
        : uppers_(uppers), below_(below), target_(runtime::open_path(target, O_RDONLY | O_DIRECTORY)) {}

    void run() {
        std::vector<PartFolder> roots;
        for (std::size_t i = 0; i < uppers_.size(); ++i)
            roots.push_back({i, runtime::open_path(uppers_[i].path, O_RDONLY | O_DIRECTORY)});
        merge(roots, below_.root(), target_, "");
        if (!roots.empty()) copy_metadata(roots.front().folder, target_);
    }

private:
    void merge(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
               const std::string& path);
    void merge_name(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
                    const std::string& path, const std::string& name);
    void merge_subfolder(const std::vector<PartFolder>& parts, std::size_t first,
                         const std::optional<MergedEntry>& below, const Fd& target, const std::string& path,
                         const std::string& name);
    void put_leaf(const PartFolder& from, const struct stat& status, const Fd& target, const std::string& path,
                  const std::string& name);

    const std::vector<UpperPart>& uppers_;
    const LayeredView& below_;
    Fd target_;
    /// Where the first name of a file with several went: part, device and inode to a path below the target.
    std::map<std::array<std::uint64_t, 3>, std::string> linked_;
};

void UpperMerge::merge(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
                       const std::string& path) {
    const runtime::WalkLevel level;
    std::set<std::string> names;
    for (const PartFolder& part : parts)
        for (runtime::FolderEntry& entry : runtime::list_folder(part.folder)) names.insert(std::move(entry.name));
    for (const std::string& name : names) merge_name(parts, below, target, path, name);
}

void UpperMerge::merge_name(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below,
                            const Fd& target, const std::string& path, const std::string& name) {
    const std::optional<MergedEntry> under = below ? below_.child(*below, name) : std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto status = runtime::stat_at(parts[i].folder, name);
        if (!status) continue;
        if (is_whiteout(*status)) {
            if (under) make_whiteout(target, name);
        } else if (S_ISDIR(status->st_mode)) {
            merge_subfolder(parts, i, under, target, path + "/" + name, name);
        } else {
            put_leaf(parts[i], *status, target, path + "/" + name, name);
        }
        return;
    }
}

/// The folders of that name, from the topmost down to the one that hides what is below it.
void UpperMerge::merge_subfolder(const std::vector<PartFolder>& parts, std::size_t first,
                                 const std::optional<MergedEntry>& below, const Fd& target, const std::string& path,
                                 const std::string& name) {
    std::vector<PartFolder> folders;
    bool hides_below = false;
    for (std::size_t i = first; i < parts.size() && !hides_below; ++i) {
        const auto status = runtime::stat_at(parts[i].folder, name);
        if (!status) continue;
        hides_below = !S_ISDIR(status->st_mode);
        if (hides_below) break;
        folders.push_back(
            {parts[i].part, runtime::open_at(parts[i].folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)});
        hides_below = is_opaque(folders.back().folder, below_.marks());
    }
    if (::mkdirat(target.get(), name.c_str(), 0700) != 0) throw SystemError("cannot make the folder {}", quoted(name));
    const Fd made = runtime::open_at(target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const bool is_merged = below && below->folder && !hides_below;
    merge(folders, is_merged ? below->folder : std::nullopt, made, path);
    if (below && below->folder && hides_below) make_opaque(made, below_.marks());
    copy_metadata(folders.front().folder, made);
}

void UpperMerge::put_leaf(const PartFolder& from, const struct stat& status, const Fd& target, const std::string& path,
                          const std::string& name) {
    const bool is_final = uppers_[from.part].is_final;
    if (is_final && ::linkat(from.folder.get(), name.c_str(), target.get(), name.c_str(), 0) == 0) return;
    if (status.st_nlink > 1) {
        const auto [known, is_first] = linked_.try_emplace({from.part, status.st_dev, status.st_ino}, path);
        if (!is_first && runtime::link_beneath(target_, known->second.substr(1), target, name) == 0) return;
    }
    copy_leaf(from.folder, status, target, name);
}

}  // namespace

void merge_uppers(const std::vector<UpperPart>& uppers, const LayeredView& below, const std::string& target) {
    UpperMerge(uppers, below, target).run();
}

}  // namespace overlay
