#include "runtime/sys/seccomp_listener.hpp"

#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/error.hpp"

namespace runtime {

Fd install_listener(std::vector<sock_filter> program) {
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    // With the second flag a signal does not end a call that is being answered (Linux 5.19): a program that has a timer
    // would see EINTR from stat, which it never expects.
    constexpr unsigned long wait_killable = 1UL << 5;  // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
    for (const unsigned long flag : {wait_killable, 0UL}) {
        const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | flag;
        Fd listener(static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter)));
        if (listener) return listener;
        if (errno != EINVAL) break;
    }
    throw SystemError("cannot install a filter of system calls");
}

bool receive_call(const Fd& listener, seccomp_notif& call) {
    call = {};
    return ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &call) == 0;
}

void let_call_go_on(const Fd& listener, std::uint64_t id) {
    seccomp_notif_resp response{};
    response.id = id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    // It fails where the process has ended meanwhile.
    ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

}  // namespace runtime
