#include "runtime/sys/umask.hpp"

#include <sys/stat.h>

namespace runtime {
namespace {

constexpr mode_t own_umask = 022;

mode_t& caller_umask() noexcept {
    static mode_t umask = 0;
    return umask;
}

}  // namespace

void replace_umask() {
    caller_umask() = ::umask(own_umask);
}

void restore_umask() {
    ::umask(caller_umask());
}

mode_t output_mode(mode_t mode) noexcept {
    return mode & ~caller_umask();
}

}  // namespace runtime
