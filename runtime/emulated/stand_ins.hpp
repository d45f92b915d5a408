// Descriptors that are only places (O_PATH) of links, sockets and the like. The kernel puts no such descriptor into
// another process for us, so that a file in memory stands for it: whatever the step asks of that is answered for the
// place.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

class StandIns {
public:
    struct Kept {
        std::shared_ptr<const Fd> file;  ///< O_PATH
        std::string path;                ///< in the container
    };

    /// Makes one, for a file and its path. The oldest ones are forgotten where there are very many. Throws Refusal.
    Fd make(Fd file, std::string path);
    /// What a path as /proc tells it of a descriptor stands for; nothing where it is no such file.
    const Kept* find(const std::string& path) const;

private:
    std::map<std::string, Kept> kept_;
    std::uint64_t next_ = 0;
};

}  // namespace runtime::emulated
