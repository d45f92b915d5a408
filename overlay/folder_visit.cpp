#include "overlay/folder_visit.hpp"

#include <dirent.h>

#include <set>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace overlay {
namespace {

bool is_deleted(const MergedFolder::Part& part, const runtime::FolderEntry& entry) {
    if (entry.type != DT_CHR && entry.type != DT_SOCK && entry.type != DT_UNKNOWN) return false;
    const auto status = runtime::stat_at(*part.folder, entry.name);
    return status && is_whiteout(*status);
}

std::map<std::string, std::size_t> topmost_parts(const MergedFolder& folder) {
    std::map<std::string, std::size_t> found;
    std::set<std::string> deleted;
    for (std::size_t i = 0; i < folder.parts.size(); ++i) {
        const MergedFolder::Part& part = folder.parts[i];
        if (!part.may_be_read)
            throw runtime::SystemError(runtime::SystemError::Number{EACCES}, "cannot list the folder");
        for (const runtime::FolderEntry& entry : runtime::list_folder(*part.folder)) {
            if (found.contains(entry.name) || deleted.contains(entry.name)) continue;
            if (is_deleted(part, entry))
                deleted.insert(entry.name);
            else
                found.emplace(entry.name, i);
        }
    }
    return found;
}

}  // namespace

FolderNames::FolderNames(const LayeredView& view, const MergedFolder& folder)
    : view_(view), names_(topmost_parts(folder)) {
    for (auto part = folder.parts.begin(); part != folder.parts.end(); ++part)
        tails_.push_back({{part, folder.parts.end()}});
}

std::optional<MergedEntry> FolderNames::find(const std::string& name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? std::nullopt : view_.child(tails_[found->second], name);
}

void visit_folder(const LayeredView& view, const MergedFolder& folder,
                  const std::function<void(const MergedEntry& entry)>& visit) {
    const FolderNames names(view, folder);
    for (const auto& [name, part] : names.all())
        if (const auto entry = names.find(name)) visit(*entry);
}

}  // namespace overlay
