#include "runtime/container/network/network_namespace.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <exception>
#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

void raise_loopback() {
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        throw SystemError("cannot raise the loopback interface");
}

}  // namespace

Fd make_network_namespace() {
    Fd made;
    std::exception_ptr failure;
    // Only a thread of its own leaves this one where it is.
    std::thread([&] {
        try {
            if (::unshare(CLONE_NEWNET) != 0) throw SystemError("cannot make a network namespace");
            raise_loopback();
            made = open_path("/proc/thread-self/ns/net", O_RDONLY);
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) std::rethrow_exception(failure);
    return made;
}

}  // namespace runtime
