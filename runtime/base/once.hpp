// Something that is done at most once, by whoever comes first; the others wait for it.
#pragma once

#include <mutex>

namespace runtime {

/// As std::call_once, which exceptions must not leave here: with libgcc linked into the program, one that goes through
/// pthread_once() of the C library ends the program. Where the work throws, the next caller tries again.
class Once {
public:
    template <typename Work>
    void run(Work&& work) {
        const std::lock_guard lock(mutex_);
        if (is_done_) return;
        work();
        is_done_ = true;
    }

private:
    std::mutex mutex_;
    bool is_done_ = false;
};

}  // namespace runtime
