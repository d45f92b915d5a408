#include "runtime/sys/waiting_read.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "runtime/base/error.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

/// Reads when there is something to read. A FIFO opened so has no end before somebody has written into it.
class PolledSource final : public Source {
public:
    PolledSource(Fd file, std::string name, const StopSource& stop)
        : file_(std::move(file)), name_(std::move(name)), stop_(stop) {}

    std::size_t read(std::span<std::byte> buffer) override {
        for (;;) {
            std::array<pollfd, 2> waits{{{file_.get(), POLLIN, 0}, {stop_.descriptor().get(), POLLIN, 0}}};
            if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR)
                throw SystemError("cannot wait for {}", quoted(name_));
            stop_.throw_if_stopped();
            if (waits[0].revents == 0) continue;
            const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR && errno != EAGAIN) throw SystemError("cannot read {}", quoted(name_));
        }
    }

private:
    Fd file_;
    std::string name_;
    const StopSource& stop_;
};

}  // namespace

std::string read_waiting(const std::string& path, std::size_t limit_bytes, const StopSource& stop) {
    return read_waiting(open_path(path, O_RDONLY | O_NONBLOCK), path, limit_bytes, stop);
}

std::string read_waiting(Fd file, const std::string& name, std::size_t limit_bytes, const StopSource& stop) {
    PolledSource source(std::move(file), name, stop);
    return read_all(source, limit_bytes, quoted(name));
}

}  // namespace runtime
