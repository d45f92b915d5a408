// Local sockets of a step. The kernel looks the paths of their addresses up by itself, and a thread of the step could
// change an address after it was looked at; so a step only ever has such sockets as can neither be bound nor connected
// any more. What it gets from socket(2) is one half of a pair, whose place the real one takes once it is bound or
// connected. unix(7).
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

class Sockets {
public:
    /// Two connected sockets that have addresses. Datagrams become packets, which are the same but for their end.
    /// Throws Refusal.
    static SocketPair make_pair(int type);

    /// What stands for a socket until that has an address. `type` has its flags.
    Fd make_stand_in(int type);

    struct Wanted {
        Fd stand_in;
        int type = 0;  ///< without flags
    };
    /// What a socket of a step, by its number among files, stands for; nothing where it stands for none.
    const Wanted* find(ino_t number) const;
    void forget(ino_t number) { wanted_.erase(number); }
    /// A socket like the one that is wanted, with the options that were set.
    static Fd make_real(const Wanted& wanted);

    /// The address that a socket was bound to, as the step gave it.
    void note_address(const Fd& socket, std::string address);
    const std::string* address_of(ino_t number) const;

private:
    std::map<ino_t, Wanted> wanted_;
    std::map<ino_t, std::string> addresses_;
};

}  // namespace runtime::emulated
