// Calls that may wait long for somebody else, as for the other end of a pipe: each is carried out by a thread of its
// own, until it is done or a signal comes for the one who called.
#pragma once

#include <sys/types.h>

#include <functional>
#include <list>
#include <memory>
#include "runtime/sys/seccomp_listener.hpp"

namespace runtime::emulated {

class LateAnswers {
public:
    /// What a call gives: a descriptor, or nothing but success. It throws Refusal, with EINTR where a signal came to
    /// the thread that it is done by.
    struct Given {
        Fd file = Fd();
        bool close_on_exec = false;
    };

    void start(const Listener& listener, std::uint64_t question, pid_t thread, std::function<Given()> perform);
    /// Milliseconds until check() is to be called; -1 where nothing waits.
    int next_check_milliseconds() const noexcept;
    /// Ends the waiting of those who have a signal to handle, or who are gone.
    void check();

private:
    struct Waiting;
    std::list<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace runtime::emulated
