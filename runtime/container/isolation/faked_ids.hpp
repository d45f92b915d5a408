// Who the processes of a container say they are, where there is one ID for all: becoming another user is only
// remembered, and told to those who ask, so that programs that check what they did go on. credentials(7).
#pragma once

#include <sys/types.h>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/emulated/identity.hpp"

namespace runtime {

/// A process, told apart from later ones of its number by its start, and the number of its parent.
struct KnownProcess {
    std::string number;
    std::string start;
    std::string parent;
};

class FakedIdentities {
public:
    /// How processes are looked up, and their memory is read and written. All throw SystemError.
    struct Access {
        std::function<KnownProcess(const std::string& thread)> find;
        std::function<void(const std::string& process, std::uint64_t address, void* bytes, std::size_t size)> read;
        std::function<void(const std::string& process, std::uint64_t address, const void* bytes, std::size_t size)>
            write;
    };
    /// `first` is what the first process of the container is, and with it all that do not become somebody else.
    FakedIdentities(FakedIds first, Access access) : first_(std::move(first)), access_(std::move(access)) {}

    struct Answer {
        bool as_it_is = false;   ///< the kernel's own answer is right
        std::int64_t value = 0;  ///< what the call returns
        int error = 0;           ///< an errno instead
    };
    /// Answers a call by its number; nothing where it is none of this family.
    std::optional<Answer> answer(long call, const std::string& thread, const std::array<std::uint64_t, 3>& given);

private:
    using Key = std::pair<std::string, std::string>;  ///< number and start
    bool is_plain() const;
    const FakedIds& ids_of(const KnownProcess& process) const;
    Answer change(long call, const std::string& thread, const std::array<std::uint64_t, 3>& given);

    FakedIds first_;
    Access access_;
    std::map<Key, FakedIds> changed_;
};

}  // namespace runtime
