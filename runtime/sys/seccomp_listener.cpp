#include "runtime/sys/seccomp_listener.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

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

Listener::Listener(Fd descriptor) : descriptor_(std::move(descriptor)) {
    // SECCOMP_IOCTL_NOTIF_SET_FLAGS with SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (Linux 6.6): who asks waits anyway.
    ::ioctl(descriptor_.get(), SECCOMP_IOW(4, __u64), 1UL);
}

std::optional<seccomp_notif> Listener::receive() const {
    seccomp_notif question{};
    if (::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_RECV, &question) != 0) return std::nullopt;
    return question;
}

bool Listener::is_waiting(std::uint64_t question) const {
    return ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &question) == 0;
}

void Listener::answer(std::uint64_t question, std::int64_t value, int error) const {
    seccomp_notif_resp response{};
    response.id = question;
    response.val = error == 0 ? value : 0;
    response.error = -error;
    ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

void Listener::let_pass(std::uint64_t question) const {
    seccomp_notif_resp response{};
    response.id = question;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

int Listener::add(std::uint64_t question, const Fd& file, bool close_on_exec) const {
    seccomp_notif_addfd added{};
    added.id = question;
    added.srcfd = static_cast<__u32>(file.get());
    added.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
    const int number = ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added);
    return number < 0 ? -errno : number;
}

int Listener::replace(std::uint64_t question, const Fd& file, int number, bool close_on_exec) const {
    seccomp_notif_addfd added{};
    added.id = question;
    added.flags = SECCOMP_ADDFD_FLAG_SETFD;
    added.srcfd = static_cast<__u32>(file.get());
    added.newfd = static_cast<__u32>(number);
    added.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
    return ::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added) < 0 ? -errno : number;
}

void Listener::answer_with(std::uint64_t question, const Fd& file, bool close_on_exec) const {
    if (sends_at_once_) {
        seccomp_notif_addfd added{};
        added.id = question;
        added.flags = SECCOMP_ADDFD_FLAG_SEND;
        added.srcfd = static_cast<__u32>(file.get());
        added.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
        if (::ioctl(descriptor_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &added) >= 0) return;
        if (errno != EINVAL) return answer(question, 0, errno);
        sends_at_once_ = false;
    }
    const int number = add(question, file, close_on_exec);
    answer(question, number, number < 0 ? -number : 0);
}

}  // namespace runtime
