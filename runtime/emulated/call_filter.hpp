// The filter of an emulated container's processes: which calls go to the process beside it, which to its tracer, and
// which a step has no use for.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <map>
#include <vector>

namespace runtime::emulated {

/// What becomes of calls by their number, SECCOMP_RET_…; all others are as if this kernel did not have them.
using CallActions = std::map<unsigned, std::uint32_t>;

struct FilterOptions {
    bool has_network = true;  ///< whether sockets of networks can be had
};

/// For this machine's kind of processor. Calls of programs for other kinds are answered with ENOSYS.
CallActions call_actions(const FilterOptions& options);

/// Assembles the filter: calls in order of their numbers, then the few whose arguments matter.
std::vector<sock_filter> assemble_filter(const CallActions& actions, const FilterOptions& options);

}  // namespace runtime::emulated
