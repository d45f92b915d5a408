// The files of an image or a container, one after the other.
#pragma once

#include <functional>
#include <string>

#include "builder/questions/file_stack.hpp"

namespace builder {

struct ListedFile {
    std::string path;  ///< absolute
    std::string name;  ///< the last name of it
    const overlay::MergedEntry& entry;
    std::string target;  ///< of a link
};

struct FileListing {
    bool is_recursive = false;
    bool folder_itself = false;  ///< a folder is listed as a file is, not what is in it
};

/// Calls `visit` for each file, sorted by name; with `is_recursive`, a folder before what is in it. A link that leads
/// to a folder stands for it where nothing else was asked for. Throws Error for a path that is not there.
void list_files(const FileStack& stack, const std::string& path, const FileListing& listing,
                const std::function<void(const ListedFile& file)>& visit);

}  // namespace builder
