// The kernel's questions: calls of a step that wait for this process to carry them out. seccomp_unotify(2).
#pragma once

#include <linux/seccomp.h>

#include <optional>

#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

class Listener {
public:
    explicit Listener(Fd descriptor);
    const Fd& descriptor() const noexcept { return descriptor_; }

    /// The next question; nothing where the one who asked was ended meanwhile.
    std::optional<seccomp_notif> receive() const;
    /// Gives a value, or an errno (positive).
    void answer(std::uint64_t question, std::int64_t value, int error) const;
    /// Lets the kernel carry the call out itself: never one whose meaning the process could change meanwhile.
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

}  // namespace runtime::emulated
