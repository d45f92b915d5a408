// All entries of a folder of the merged tree, at the price of one look at each name, however many layers there are.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "overlay/layered_view.hpp"

namespace overlay {

/// The names of a folder, and each of its entries by name.
class FolderNames {
public:
    /// Reads the folder. The view outlives this. Throws SystemError where the folder may not be read.
    FolderNames(const LayeredView& view, const MergedFolder& folder);

    /// Sorted by their bytes, as LayeredView::list() gives them; with each, the place of the topmost part that has it.
    const std::map<std::string, std::size_t>& all() const noexcept { return names_; }
    /// As LayeredView::child() gives it.
    std::optional<MergedEntry> find(const std::string& name) const;

private:
    const LayeredView& view_;
    std::map<std::string, std::size_t> names_;
    std::vector<MergedFolder> tails_;  ///< by place: the folder from that part on down
};

/// Visits the entries of a folder, sorted by name. One entry is open at a time, so that a folder of many folders takes
/// no descriptors. Throws SystemError where the folder may not be read.
void visit_folder(const LayeredView& view, const MergedFolder& folder,
                  const std::function<void(const MergedEntry& entry)>& visit);

}  // namespace overlay
