// The blocks that trees take on the disk, as du(1) counts them.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "runtime/sys/fd.hpp"

namespace builder {

/// Counts a file with several names once, for whoever asks first.
class BlockCounter {
public:
    /// The bytes of a name in a folder with all that is below it. What is gone meanwhile takes none. Links are not
    /// followed.
    std::int64_t count(const runtime::Fd& folder, const std::string& name);
    /// The same of one file or folder by itself.
    std::int64_t count_alone(const struct stat& status);

    /// False once something could not be opened, or lay too deep.
    bool is_whole() const noexcept { return is_whole_; }

private:
    std::int64_t count_below(const runtime::Fd& folder, const std::string& name);

    std::set<std::pair<dev_t, ino_t>> linked_;  ///< files with several names that were counted
    bool is_whole_ = true;
};

}  // namespace builder
