// Several upper folders, stacked on each other, as the one that a single writer would have left.
#pragma once

#include <string>
#include <vector>

#include "overlay/layered_view.hpp"

namespace overlay {

struct UpperPart {
    std::string path;
    /// Nobody writes into it any more, so that its files may be shared by hard links. Else they are copied.
    bool is_final = false;
};

/// Fills `target`, an empty folder, with all that `uppers` (topmost first) change in `below`: files, whiteouts and
/// opaque folders, where there is something below to hide. Names of one file stay names of one file within a part.
/// Throws SystemError.
void merge_uppers(const std::vector<UpperPart>& uppers, const LayeredView& below, const std::string& target);

}  // namespace overlay
