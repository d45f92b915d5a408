// How a path is taken apart where something has to be found or made inside a root that the kernel cannot resolve by
// itself: because parts of it are missing, or because it lies in folders that are stacked without a mount. All who walk
// so take their names from here, so that links, "." and ".." mean the same to all of them.
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace runtime {

/// The names that are still to be walked.
class PathQueue {
public:
    explicit PathQueue(std::string_view path) : whole_(path) { put_first(path); }

    bool empty() const noexcept { return names_.empty(); }
    /// The next name, which is never empty and never "."; ".." is for the caller, who does not leave the root by it.
    std::string take();
    /// Goes on with what a link says. True where that begins at the root again. Throws Error for more links than the
    /// kernel follows.
    bool follow(std::string_view target);

private:
    void put_first(std::string_view path);

    std::string whole_;  ///< for messages
    std::deque<std::string> names_;
    unsigned links_ = 0;
};

}  // namespace runtime
