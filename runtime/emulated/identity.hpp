// Who a process says it is, where there is one ID for all: becoming another user is only remembered. credentials(7).
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace runtime {

struct FakedIds {
    std::array<uid_t, 3> users = {0, 0, 0};  ///< real, effective, saved
    std::array<gid_t, 3> groups = {0, 0, 0};
    std::vector<gid_t> supplementary;
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(users[0], users[1], users[2], groups[0], groups[1], groups[2], supplementary);
    }
};

/// Whether a call changes who somebody is, or asks for it.
bool changes_identity(long call) noexcept;
bool asks_for_identity(long call) noexcept;
/// The names of the calls of both kinds.
const std::vector<const char*>& identity_calls();

/// What a call gives: a value, or an errno.
struct IdentityAnswer {
    std::int64_t value = 0;
    int error = 0;
};

/// Reads and writes the memory of the process that calls.
using ReadMemory = std::function<void(std::uint64_t address, void* bytes, std::size_t size)>;
using WriteMemory = std::function<void(std::uint64_t address, const void* bytes, std::size_t size)>;

/// Carries a changing call out, by the rules for root and for others.
IdentityAnswer change_identity(long call, const std::array<std::uint64_t, 3>& given, FakedIds& ids,
                               const ReadMemory& read);
/// Answers a question.
IdentityAnswer tell_identity(long call, const std::array<std::uint64_t, 3>& given, const FakedIds& ids,
                             const WriteMemory& write);

}  // namespace runtime
