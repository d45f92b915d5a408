// Filters that hand system calls to another process. seccomp_unotify(2).
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Puts the filter on this process and all that it starts. What it hands on goes to whoever has the descriptor that is
/// returned. Needs no_new_privs or CAP_SYS_ADMIN; a process can have one such filter only. Throws SystemError.
Fd install_listener(std::vector<sock_filter> program);

/// The next call that was handed on: `id` is for the answer. False where there is none, as a signal took it back.
bool receive_call(const Fd& listener, seccomp_notif& call);

/// Lets the kernel perform the call as it was asked for. That is safe only where the decision hung on nothing that the
/// process can change meanwhile: its memory, for one.
void let_call_go_on(const Fd& listener, std::uint64_t id);

}  // namespace runtime
