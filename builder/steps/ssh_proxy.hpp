// A socket for RUN --mount=type=ssh behind which stands an SSH agent of the user.
#pragma once

#include <sys/types.h>

#include <string>
#include <thread>

#include "runtime/sys/fd.hpp"

namespace builder {

/// Listens on a socket of its own, with the owner and the mode that the mount asks for, and passes on what a step may
/// ask an agent: which keys there are, and to sign with one. Anything else, such as to remove a key or to lock the
/// agent, is answered with a failure (draft-miller-ssh-agent, section 3).
class SshProxy {
public:
    struct Socket {
        std::string path;
        uid_t uid = 0;
        gid_t gid = 0;
        mode_t mode = 0600;
    };

    /// Throws Error where the socket cannot be made, or where nobody listens at the agent's.
    SshProxy(const Socket& socket, std::string agent_path);
    ~SshProxy();
    SshProxy(const SshProxy&) = delete;
    SshProxy& operator=(const SshProxy&) = delete;

    const std::string& path() const noexcept { return path_; }

private:
    void serve() noexcept;

    std::string path_;
    std::string agent_path_;
    runtime::Fd listener_;
    runtime::Fd stop_;
    std::thread thread_;
};

}  // namespace builder
