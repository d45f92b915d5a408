// What a folder holds, in an order that does not depend on the file system.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

struct FolderEntry {
    std::string name;
    unsigned char type = 0;  ///< DT_REG, DT_DIR, …; DT_UNKNOWN where the file system does not say
};

/// The entries of an open folder without "." and "..", sorted by the bytes of their names. The descriptor must be open
/// for reading (O_RDONLY | O_DIRECTORY); it is read from its start. Throws SystemError.
std::vector<FolderEntry> list_folder(const Fd& folder);

/// Visits all that is below a folder, what is in a folder before the folder itself. Links are not followed.
void visit_tree(const Fd& folder, const std::function<void(const Fd& parent, const FolderEntry& entry)>& visit);

}  // namespace runtime
