// The users of an image: who a step is, and whose its files are.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "overlay/layered_view.hpp"
#include "runtime/container/users.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// What an image has of /etc/passwd and /etc/group.
runtime::UserFiles user_files(const overlay::LayeredView& view);

/// Whom USER names in an image. Throws Error for a name that is not there.
runtime::ContainerUser find_user(std::string_view text, const overlay::LayeredView& view);

/// Whose files --chown and WORKDIR make. Throws Error for a name that is not there.
runtime::Owner find_owner(std::string_view text, const overlay::LayeredView& view);

/// Where everybody is root, what a step of another user made belongs to root. Such a user could have made nothing for
/// somebody else, so it was the user's: what is new in the upper folder and root's is given to it. `older` are paths
/// that the folder had before the step.
void give_new_files(const runtime::Fd& upper, const overlay::LayeredView& below, const runtime::ContainerUser& user,
                    const std::set<std::string>& older = {});
/// All paths in an upper folder, each with a slash in front.
std::set<std::string> paths_in(const runtime::Fd& upper);

/// The same, one by one, each with its looks.
void visit_paths(const runtime::Fd& upper, const std::function<void(const std::string&, const struct stat&)>& visit);

}  // namespace builder
