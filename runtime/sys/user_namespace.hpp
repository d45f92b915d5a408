// A user namespace in which an ordinary user is root, with the further IDs that /etc/subuid and /etc/subgid give it.
// user_namespaces(7), subuid(5), newuidmap(1).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/id_ranges.hpp"

namespace runtime {

/// A user namespace that nobody is in yet, for containers and for mounts that shift owners.
struct UserNamespace {
    Fd handle;
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
};

/// Makes one; the IDs outside must be this process's to give. Throws SystemError.
UserNamespace make_user_namespace(std::vector<IdRange> users, std::vector<IdRange> groups);

/// One in which each ID of this process's namespace is itself; made once. What is in it cannot reach into processes
/// outside, whoever owns them: ptrace(2), "Ptrace access mode checking". Throws Error where it cannot be made.
const UserNamespace& identity_namespace();

/// One that is there, with the mapping that it has as seen from here. Throws Error where it cannot be entered.
UserNamespace describe_user_namespace(Fd handle);

/// Moves this process, which has one thread, into new user and mount namespaces, as root. Where no further IDs can be
/// had, it is root alone; `notice` then says why. Throws SystemError where user namespaces may not be made.
void enter_user_namespace(std::string& notice);

}  // namespace runtime
