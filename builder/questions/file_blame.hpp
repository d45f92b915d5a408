// Which layers made a file as it is, and what they and others did to it before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/questions/entry_difference.hpp"
#include "builder/questions/file_stack.hpp"

namespace builder {

struct FileEvent {
    enum class Kind {
        added,     ///< it was not there before
        changed,   ///< `difference` says what
        replaced,  ///< a file by another type, or a folder by one that hides what was in it
        deleted,
    };
    Kind kind = Kind::added;
    std::size_t layer = 0;  ///< place in FileStack::layers
    EntryDifference difference = {};
    std::optional<struct stat> status = std::nullopt;  ///< afterwards; nothing where it is deleted
};

struct Blame {
    std::string path;  ///< absolute, links on the way followed; the last name is not
    std::optional<overlay::MergedEntry> entry;
    std::string target;             ///< of a link
    std::vector<FileEvent> events;  ///< the last one first; a file that was copied up unchanged is none
};

/// Takes time for the length of the path and the number of layers, whatever else is in them. Throws Error with the
/// nearest names for a path that no layer has, or had.
Blame blame_file(const FileStack& stack, const std::string& path);

/// "added", "changed", "replaced", "deleted".
const char* name_of(FileEvent::Kind kind) noexcept;

}  // namespace builder
