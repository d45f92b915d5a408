#include "builder/questions/file_list.hpp"

#include "overlay/folder_visit.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {
namespace {

using overlay::MergedEntry;
using runtime::quoted;

class Lister {
public:
    Lister(const overlay::LayeredView& view, bool is_recursive,
           const std::function<void(const ListedFile& file)>& visit)
        : view_(view), is_recursive_(is_recursive), visit_(visit) {}

    void show(const std::string& path, const MergedEntry& entry) {
        visit_({path, path.substr(path.rfind('/') + 1), entry, entry.is_link() ? view_.read_link(entry) : ""});
    }

    void list(const std::string& path, const overlay::MergedFolder& folder) {
        const runtime::WalkLevel level;
        try {
            overlay::visit_folder(view_, folder, [&](const MergedEntry& entry) {
                const std::string below = (path == "/" ? path : path + "/") + entry.name;
                show(below, entry);
                if (is_recursive_ && entry.folder) list(below, *entry.folder);
            });
        } catch (runtime::SystemError& error) {
            error.add_context("cannot list {}", quoted(path));
            throw;
        }
    }

private:
    const overlay::LayeredView& view_;
    bool is_recursive_;
    const std::function<void(const ListedFile& file)>& visit_;
};

/// What a link leads to; the link itself where it leads nowhere.
overlay::ResolvedPath followed_if_link(const overlay::LayeredView& view, const std::string& path,
                                       const overlay::ResolvedPath& itself) {
    if (!itself.entry->is_link()) return itself;
    try {
        return view.resolve(path);
    } catch (const runtime::Error&) {
        return itself;  // a loop, or a file stands in the way
    }
}

}  // namespace

void list_files(const FileStack& stack, const std::string& path, const FileListing& listing,
                const std::function<void(const ListedFile& file)>& visit) {
    const overlay::LayeredView view = stack.view();
    Lister lister(view, listing.is_recursive, visit);
    const overlay::ResolvedPath itself = view.resolve(path, false);
    if (!itself.entry)
        throw runtime::Error("there is no {} in {}", quoted("/" + itself.path), quoted(stack.name))
            .with_hint(nearest_path(view, itself.path))
            .with_hint(fmt::format("builder blame {} PATH says whether there was one, and who deleted it", stack.name));
    const overlay::ResolvedPath followed = followed_if_link(view, path, itself);
    if (!listing.folder_itself && followed.entry && followed.entry->folder)
        lister.list("/" + followed.path, *followed.entry->folder);
    else
        lister.show("/" + itself.path, *itself.entry);
}

}  // namespace builder
