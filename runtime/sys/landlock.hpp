// Landlock: landlock(7).
#pragma once

namespace runtime {

/// From here on this process and its descendants send signals only to each other, and connect to abstract sockets of
/// each other only. Whether the kernel can do that (Linux 6.12). Needs no_new_privs or CAP_SYS_ADMIN. Throws
/// SystemError.
bool confine_signals_and_abstract_sockets();

}  // namespace runtime
