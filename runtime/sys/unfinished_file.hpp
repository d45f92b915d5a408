// A file that is written under a name of its own in the folder where it will stand, and renamed when it is whole.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Removed when this object goes before put_in_place(). Locked as long as it lives: what a killed process left has no
/// lock, and remove_leftovers() takes it away. Whoever makes one removes the leftovers there first.
class UnfinishedFile {
public:
    UnfinishedFile() = default;
    /// Makes `.PREFIX.builder-XXXXXX` in the folder. `shown` is what errors name. Throws Error.
    UnfinishedFile(const Fd& folder, std::string_view prefix, mode_t mode, std::string shown);
    ~UnfinishedFile() { discard(); }
    UnfinishedFile(UnfinishedFile&& other) noexcept;
    UnfinishedFile& operator=(UnfinishedFile&& other) noexcept;

    const Fd& file() const noexcept { return file_; }
    explicit operator bool() const noexcept { return !name_.empty(); }
    /// Flushes the content and gives the file its name, in place of what had it. Throws Error.
    void put_in_place(const std::string& name);

    /// Removes what killed processes of this user left there under this prefix; what cannot be removed stays.
    static void remove_leftovers(const Fd& folder, std::string_view prefix);

private:
    void discard() noexcept;

    Fd folder_;
    Fd file_;
    std::string name_;  ///< empty where there is no such file (any more)
    std::string shown_;
};

}  // namespace runtime
