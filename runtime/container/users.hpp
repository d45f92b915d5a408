// Users and groups by name or number, out of an image's /etc/passwd and /etc/group. passwd(5), group(5).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime {

struct ContainerUser {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> supplementary_groups;  ///< of the user; none where a group was given
    std::string home = "/";
};

/// The texts of the two files; empty where the image has none.
struct UserFiles {
    std::string passwd;
    std::string group;
};

/// What USER names: "name", "uid", "name:group", "uid:gid" …; empty is root. Throws Error for a name that is not there.
ContainerUser find_user(std::string_view text, const UserFiles& files);

/// What --chown names, and whose folders WORKDIR makes: as above, but a user that is a number has the group of the same
/// number, whatever /etc/passwd says of it.
struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
};
Owner find_owner(std::string_view text, const UserFiles& files);

}  // namespace runtime
