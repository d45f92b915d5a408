// What this process may do on this host, and the user namespace that gives an ordinary user what it needs.
// user_namespaces(7), capabilities(7).
#pragma once

#include <sys/types.h>

#include <string>

namespace runtime {

enum class Privileges {
    root,         ///< of the host, with its rights
    user_ranges,  ///< root of a user namespace with many IDs
    single_user,  ///< root of a user namespace that knows no other ID
    none,         ///< an ordinary process: nothing can be mounted, nothing given away
};

struct HostRights {
    Privileges level = Privileges::root;
    std::string reason;  ///< why it is not more: a sentence without an end, empty for root
    std::string hint;    ///< how to get more
    bool moved = false;  ///< into namespaces of this process alone, which end with it
};

/// Finds out what this process may do, and where that is too little, moves it into a user namespace. Done once; later
/// calls give the first one's result. The first is to be made before the program starts a thread.
const HostRights& acquire_rights();

/// The user who called the program: what defaults of places and settings go by. The same before and after
/// acquire_rights(), and inside `unshare`, which says so in _CONTAINERS_ROOTLESS_UID as other tools do.
uid_t invoking_user();

/// Where the owners of files are: in the files, or kept beside them, as no other can be given to them (single_user,
/// none). See ownership.hpp.
bool keeps_owners_aside(Privileges level) noexcept;

/// "root", "user namespace with ranges of IDs", … for people.
const char* describe(Privileges level) noexcept;

}  // namespace runtime
