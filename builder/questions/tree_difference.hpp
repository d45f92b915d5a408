// Which files two images or containers have differently.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "builder/questions/entry_difference.hpp"
#include "builder/questions/file_stack.hpp"

namespace builder {

struct FileDifference {
    enum class Kind { added, changed, deleted };
    Kind kind = Kind::added;
    std::string path;
    EntryDifference what = {};                         ///< of a change
    std::optional<struct stat> before = std::nullopt;  ///< nothing where it was added
    std::optional<struct stat> after = std::nullopt;   ///< nothing where it was deleted
};

/// Calls `visit` for each difference, sorted by path within a folder. Folders that both have of the very same layers
/// are not walked. A time alone is a difference only with `with_times`. Throws Error.
void compare_trees(const FileStack& before, const FileStack& after, bool with_times,
                   const std::function<void(const FileDifference& difference)>& visit);

}  // namespace builder
