// Names of one file stay names of one file where a tree is copied.
#pragma once

#include <sys/stat.h>

#include <map>
#include <string>
#include <utility>

#include "runtime/sys/fd.hpp"

namespace overlay {

/// Remembers where the first name of each file with several names went, below a folder that is being filled.
class LinkCopies {
public:
    /// The folder outlives this.
    explicit LinkCopies(const runtime::Fd& target) : target_(target) {}

    /// Whether the file has got the name `name` in `folder`, whose path below the target is `folder_path`, because it
    /// was copied under another name before. Else it is to be copied now, and is known from then on.
    bool link(const struct stat& status, const runtime::Fd& folder, const std::string& folder_path,
              const std::string& name);

private:
    const runtime::Fd& target_;
    std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
};

/// A note on the owner of a link or a special file is in its folder, and does not come along with a further name.
void note_owner_of_name(const runtime::Fd& folder, const std::string& name, const struct stat& status);

}  // namespace overlay
