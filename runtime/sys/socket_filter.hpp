// Which kinds of sockets programs can have under the default profile: a closed list.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "runtime/sys/capabilities.hpp"

namespace runtime {

/// Instructions to stand in front of a filter, which go on behind their end where they refuse nothing. They compare
/// what the kernel reads, the lower half of an argument, in all ways to call it: x86_64, x32 and i386. Local sockets,
/// IPv4, IPv6, packets, and netlink but for what only auditing is for; no AF_ALG and no AF_VSOCK, which leave every
/// network namespace. Old i386 programs that can ask for a socket by socketcall(2) only get none: what they ask for is
/// in their memory.
std::vector<sock_filter> socket_filter(CapabilitySet capabilities);

/// A filter of its own, for what an OCI runtime starts: socketcall(2) of i386 gives no sockets. The rest of the default
/// profile can be told to a runtime; of this libseccomp makes a rule that any family passes. It refuses nothing to
/// other machines' calls. Empty on machines that have no i386.
std::vector<sock_filter> socketcall_filter();

}  // namespace runtime
