// The runner's program: it is carried inside the main program and does nothing without the socket that it is given.
#include <sys/prctl.h>
#include <sys/socket.h>

#include <cstdio>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/runner/runner_process.hpp"
#include "runtime/container/runner/runner_start.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/packet.hpp"

namespace {

/// Whether somebody is at the other end: a program of an image that finds a way to start this one is not.
bool has_control_socket() {
    int kind = 0;
    socklen_t size = sizeof kind;
    return ::getsockopt(runtime::runner_control, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_SEQPACKET;
}

int run() {
    const runtime::Fd control(runtime::runner_control);
    const auto packet = runtime::receive_packet(control);
    if (!packet) return 125;
    runtime::RunnerStart start;
    runtime::PackReader{packet->bytes}(start);
    runtime::keep_modes_aside(start.keeps_modes_aside);
    return runtime::serve_containers(control, start.has_mounts);
}

}  // namespace

int main() {
    if (!has_control_socket()) {
        std::fputs("builder-runner: this program makes the containers of builder and is started by it\n", stderr);
        return 125;
    }
    ::prctl(PR_SET_NAME, "builder-runner");
    try {
        return run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "builder-runner: %s\n", error.what());
        return 125;
    }
}
