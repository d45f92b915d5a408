// Filters that hand system calls to another process. seccomp_unotify(2).
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Puts the filter on this process and all that it starts. What it hands on goes to whoever has the descriptor that is
/// returned. Needs no_new_privs or CAP_SYS_ADMIN; a process can have one such filter only. Throws SystemError.
Fd install_listener(std::vector<sock_filter> program);

/// The questions of processes under such a filter: calls that wait for this process to carry them out.
class Listener {
public:
    explicit Listener(Fd descriptor);
    const Fd& descriptor() const noexcept { return descriptor_; }

    /// The next question; nothing where a signal took it back, or the one who asked was ended meanwhile.
    std::optional<seccomp_notif> receive() const;
    /// Whether the one who asked still waits. Its number may be another process's where it does not; what was opened
    /// of it before is not.
    bool is_waiting(std::uint64_t question) const;
    /// Gives a value, or an errno (positive). Nothing happens where nobody waits any more; so with the others.
    void answer(std::uint64_t question, std::int64_t value, int error) const;
    /// Lets the kernel carry the call out itself: never where the decision hung on what the process can change
    /// meanwhile, its memory for one.
    void let_pass(std::uint64_t question) const;
    /// Puts a descriptor into the process and gives its number there; negative where it could not be had, as errno.
    /// The question is still open.
    int add(std::uint64_t question, const Fd& file, bool close_on_exec) const;
    /// In the place of a descriptor that the process has.
    int replace(std::uint64_t question, const Fd& file, int number, bool close_on_exec) const;
    /// Answers with a descriptor.
    void answer_with(std::uint64_t question, const Fd& file, bool close_on_exec) const;

private:
    Fd descriptor_;
    mutable bool sends_at_once_ = true;  ///< whether the kernel adds and answers in one (Linux 5.14)
};

}  // namespace runtime
