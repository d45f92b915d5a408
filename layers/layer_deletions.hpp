// What a layer deletes, put into its folder as the marks of overlayfs while it is unpacked.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "overlay/whiteout.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

/// A deletion is about the layers below and never about this one, wherever it stands in the stream (image-spec,
/// layer.md): what this layer has under the name stays, and a folder hides those below it. Deletions may come in any
/// order, nested, and of things that are not there. Paths are those below the root, without links.
class LayerDeletions {
public:
    /// The root outlives this. `implied` are the folders of the layer that no entry describes, as they are known at any
    /// moment: one that is there only because something in it was deleted is nothing that the layer has.
    LayerDeletions(const runtime::Fd& root, overlay::MarkNamespace marks, const std::set<std::string>& implied)
        : root_(root), marks_(marks), implied_(implied) {}

    /// A name of a folder is deleted.
    void add(const runtime::Fd& parent, const std::string& name);
    /// All that the layers below have in a folder is deleted.
    void add_all_in(const runtime::Fd& folder);
    /// Whether a folder of the path is deleted, with all that is in it.
    bool covers(const std::string& path) const;
    /// Where a name is deleted, the mark goes, and what is made in its place is to be passed to add_all_in(): it is
    /// new, and nothing of what is below shows in it. False where the name is not deleted.
    bool make_way(const runtime::Fd& parent, const std::string& name, const std::string& path);
    /// Whether a folder hides all that the layers below have under its name.
    bool replaces(const std::string& path) const { return replacing_.contains(path); }
    /// Whether what the layers below have at a path is hidden.
    bool hides(const std::string& path) const;
    /// At the end. Where a folder hides nothing, overlayfs shows its marks as names that are not there.
    /// `is_lower_folder` says whether the layers below have a folder; without it that is not known, and the marks stay.
    void drop_needless(const std::function<bool(const std::string& path)>& is_lower_folder) const;

private:
    std::string resolved(const runtime::Fd& folder) const;
    bool holds_deletions_only(const runtime::Fd& folder, const std::string& path) const;

    const runtime::Fd& root_;
    overlay::MarkNamespace marks_;
    const std::set<std::string>& implied_;
    std::set<std::string> replacing_;       ///< folders that hide all that the layers below have under their names
    std::set<std::string> with_whiteouts_;  ///< folders in which something is deleted
};

}  // namespace layers
