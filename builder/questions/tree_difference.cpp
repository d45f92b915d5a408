#include "builder/questions/tree_difference.hpp"

#include <algorithm>
#include <set>

#include "overlay/folder_visit.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {
namespace {

using overlay::FolderNames;
using overlay::LayeredView;
using overlay::MergedEntry;
using overlay::MergedFolder;
using Kind = FileDifference::Kind;

/// Whether two folders are the same ones in the same order, and so is all that is below them.
bool are_same(const MergedFolder& left, const MergedFolder& right) {
    const auto is_same = [](const MergedFolder::Part& one, const MergedFolder::Part& other) {
        const struct stat first = runtime::stat_of(*one.folder), second = runtime::stat_of(*other.folder);
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    };
    return std::equal(left.parts.begin(), left.parts.end(), right.parts.begin(), right.parts.end(), is_same);
}

class Comparison {
public:
    Comparison(const LayeredView& before, const LayeredView& after, bool with_times,
               const std::function<void(const FileDifference& difference)>& visit)
        : before_(before), after_(after), with_times_(with_times), visit_(visit) {}

    void compare_folders(const std::string& path, const MergedFolder& before, const MergedFolder& after) {
        if (are_same(before, after)) return;
        const runtime::WalkLevel level;
        const FolderNames old_names(before_, before), new_names(after_, after);
        std::set<std::string> names;
        for (const auto& [name, part] : old_names.all()) names.insert(name);
        for (const auto& [name, part] : new_names.all()) names.insert(name);
        for (const std::string& name : names) {
            const auto old_entry = old_names.find(name), new_entry = new_names.find(name);
            const std::string below = path + "/" + name;
            if (old_entry && new_entry)
                compare(below, *old_entry, *new_entry);
            else if (new_entry)
                tell_all(after_, below, *new_entry, Kind::added);
            else if (old_entry)
                tell_all(before_, below, *old_entry, Kind::deleted);
        }
    }

private:
    void compare(const std::string& path, const MergedEntry& before, const MergedEntry& after) {
        EntryDifference what;
        try {
            what = difference_of(before, after);
        } catch (runtime::Error& error) {
            error.add_context("cannot compare {}", runtime::quoted(path));
            throw;
        }
        if (with_times_ ? what.any() : what.any_but_time())
            visit_({Kind::changed, path, what, before.status, after.status});
        if (before.folder && after.folder) return compare_folders(path, *before.folder, *after.folder);
        if (before.folder) tell_below(before_, path, *before.folder, Kind::deleted);
        if (after.folder) tell_below(after_, path, *after.folder, Kind::added);
    }

    void tell_all(const LayeredView& view, const std::string& path, const MergedEntry& entry, Kind kind) {
        visit_({kind,
                path,
                {},
                kind == Kind::deleted ? std::optional(entry.status) : std::nullopt,
                kind == Kind::added ? std::optional(entry.status) : std::nullopt});
        if (entry.folder) tell_below(view, path, *entry.folder, kind);
    }

    void tell_below(const LayeredView& view, const std::string& path, const MergedFolder& folder, Kind kind) {
        const runtime::WalkLevel level;
        overlay::visit_folder(view, folder,
                              [&](const MergedEntry& entry) { tell_all(view, path + "/" + entry.name, entry, kind); });
    }

    const LayeredView& before_;
    const LayeredView& after_;
    bool with_times_;
    const std::function<void(const FileDifference& difference)>& visit_;
};

}  // namespace

void compare_trees(const FileStack& before, const FileStack& after, bool with_times,
                   const std::function<void(const FileDifference& difference)>& visit) {
    const LayeredView old_view = before.view(), new_view = after.view();
    Comparison(old_view, new_view, with_times, visit).compare_folders("", old_view.root(), new_view.root());
}

}  // namespace builder
