#include "overlay/layered_view.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <climits>

#include "overlay/folder_visit.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/path_queue.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;

std::shared_ptr<const Fd> share(Fd fd) {
    return std::make_shared<const Fd>(std::move(fd));
}

/// A folder that nobody asks for, an ignored one say, must not be in the way only because it is another user's.
MergedFolder::Part open_part(const Fd& parent, std::size_t layer, const std::string& name) {
    Fd folder(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder) return {layer, share(std::move(folder)), true};
    if (errno != EACCES) throw runtime::SystemError("cannot open {}", quoted(name));
    return {layer, share(runtime::open_at(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW)), false};
}

}  // namespace

LayeredView::LayeredView(const std::vector<std::string>& folders, MarkNamespace marks) : marks_(marks) {
    for (const std::string& folder : folders)
        folders_.push_back(share(runtime::open_path(folder, O_RDONLY | O_DIRECTORY)));
}

LayeredView::LayeredView(const LayeredView& below, const std::string& top_folder) : marks_(below.marks_) {
    folders_.reserve(below.folders_.size() + 1);
    folders_.push_back(share(runtime::open_path(top_folder, O_RDONLY | O_DIRECTORY)));
    folders_.insert(folders_.end(), below.folders_.begin(), below.folders_.end());
}

MergedFolder LayeredView::root() const {
    MergedFolder root;
    for (std::size_t layer = 0; layer < folders_.size(); ++layer) root.parts.push_back({layer, folders_[layer], true});
    return root;
}

std::optional<MergedEntry> LayeredView::child(const MergedFolder& folder, const std::string& name) const {
    std::optional<MergedEntry> entry;
    for (const MergedFolder::Part& part : folder.parts) {
        const auto status = runtime::stat_at(*part.folder, name);
        if (!status) continue;
        if (is_whiteout(*status)) break;
        const bool is_folder = S_ISDIR(status->st_mode);
        // A file below a folder of the same name is hidden, and hides what lies further below.
        if (entry && !is_folder) break;
        if (!entry) entry = MergedEntry{*status, part.layer, part.folder, name, std::nullopt};
        if (!is_folder) break;
        if (!entry->folder) entry->folder.emplace();
        entry->folder->parts.push_back(open_part(*part.folder, part.layer, name));
        if (is_opaque(*entry->folder->parts.back().folder, marks_)) break;
    }
    return entry;
}

std::vector<std::string> LayeredView::list(const MergedFolder& folder) const {
    std::vector<std::string> names;
    const FolderNames found(*this, folder);
    for (const auto& [name, part] : found.all()) names.push_back(name);
    return names;
}

ResolvedPath LayeredView::resolve(const std::string& path, bool follow_last) const {
    runtime::PathQueue rest(path);
    std::vector<std::string> done;
    // The entries along the way, the root first, so that ".." is a step back.
    std::vector<std::optional<MergedEntry>> trail;
    struct stat root_status {};
    if (!folders_.empty()) root_status = runtime::stat_of(*folders_.front());
    root_status.st_mode = S_IFDIR | (folders_.empty() ? 0755U : root_status.st_mode & 07777U);
    trail.push_back(MergedEntry{root_status, 0, nullptr, "", root()});
    while (!rest.empty()) {
        const std::string name = rest.take();
        if (name == "..") {
            if (!done.empty()) {
                done.pop_back();
                trail.pop_back();
            }
            continue;
        }
        std::optional<MergedEntry> next;
        if (trail.back()) {
            if (!trail.back()->folder)
                throw runtime::Error("{} is not a folder", quoted("/" + fmt::format("{}", fmt::join(done, "/"))));
            next = child(*trail.back()->folder, name);
        }
        if (next && next->is_link() && (follow_last || !rest.empty())) {
            if (rest.follow(read_link(*next))) {
                done.clear();
                trail.resize(1);
            }
            continue;
        }
        done.push_back(name);
        trail.push_back(std::move(next));
    }
    return {fmt::format("{}", fmt::join(done, "/")), std::move(trail.back())};
}

std::string LayeredView::read_link(const MergedEntry& link) const {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlinkat(link.parent->get(), link.name.c_str(), target.data(), target.size());
    if (length < 0) throw runtime::SystemError("cannot read the link {}", quoted(link.name));
    target.resize(static_cast<std::size_t>(length));
    return target;
}

Fd LayeredView::open_file(const MergedEntry& file) const {
    return runtime::open_at(*file.parent, file.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

std::optional<std::string> LayeredView::read_text(const std::string& path, std::size_t limit_bytes) const {
    const auto entry = find(path);
    if (!entry || !entry->is_file()) return std::nullopt;
    return runtime::read_file(open_file(*entry), path, limit_bytes);
}

std::vector<std::string> path_names(std::string_view path) {
    std::vector<std::string> names;
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        if (end > start) names.emplace_back(path.substr(start, end - start));
        start = end + 1;
    }
    return names;
}

}  // namespace overlay
