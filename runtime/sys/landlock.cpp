#include "runtime/sys/landlock.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "runtime/base/error.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {
namespace {

// linux/landlock.h of Linux 6.12; Debian 12 has that of 6.1.
struct RulesetAttributes {
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
};
constexpr std::uint64_t scope_abstract_unix_socket = 1U << 0;
constexpr std::uint64_t scope_signal = 1U << 1;
constexpr long first_version_with_scopes = 6;
constexpr unsigned ask_for_version = 1U << 0;

}  // namespace

bool confine_signals_and_abstract_sockets() {
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL, ask_for_version);
    if (version < first_version_with_scopes) return false;
    const RulesetAttributes attributes{0, 0, scope_abstract_unix_socket | scope_signal};
    const Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0U)));
    if (!ruleset || ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0U) != 0)
        throw SystemError("cannot confine a process by Landlock");
    return true;
}

}  // namespace runtime
