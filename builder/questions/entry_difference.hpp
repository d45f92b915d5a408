// What differs between two states of one file: what `blame` and `diff` tell.
#pragma once

#include <string>
#include <vector>

#include "overlay/layered_view.hpp"

namespace builder {

struct EntryDifference {
    bool type = false;     ///< a file became a folder, say; nothing else is told then
    bool content = false;  ///< of a file; of a link, where it points to; of a device, its numbers
    bool mode = false;
    bool owner = false;
    bool attributes = false;  ///< extended ones, capabilities among them
    bool time = false;        ///< of modification

    bool any() const noexcept { return type || content || mode || owner || attributes || time; }
    /// All but the time: unpacking again, or a build without --timestamp, changes that everywhere.
    bool any_but_time() const noexcept { return type || content || mode || owner || attributes; }
    /// "content", "mode", …, in this order.
    std::vector<std::string> words() const;
};

/// Files are read only where their sizes are equal and they are not the same file. What is in folders does not count,
/// nor do their sizes. Throws SystemError.
EntryDifference difference_of(const overlay::MergedEntry& before, const overlay::MergedEntry& after);

/// "file", "folder", "link", "fifo", "socket", "block device", "character device".
const char* type_name(mode_t mode) noexcept;

}  // namespace builder
