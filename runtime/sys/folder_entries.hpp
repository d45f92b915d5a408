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

/// How many folders may lie inside each other for a walk that goes a call and a descriptor deeper with each.
constexpr unsigned most_folder_levels = 4000;

/// Lives as long as one level of such a walk is open: a tree that was made to be deep must not use up the stack or the
/// descriptors. Throws Error beyond most_folder_levels, counted for each thread.
class WalkLevel {
public:
    WalkLevel();
    ~WalkLevel();
    WalkLevel(const WalkLevel&) = delete;
    WalkLevel& operator=(const WalkLevel&) = delete;
};

/// Visits all that is below a folder, what is in a folder before the folder itself. Links are not followed.
void visit_tree(const Fd& folder, const std::function<void(const Fd& parent, const FolderEntry& entry)>& visit);

}  // namespace runtime
