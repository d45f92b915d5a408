#include "runtime/sys/waits.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

const StopSource*& stop_of_waits() {
    static const StopSource* stop = nullptr;
    return stop;
}

pollfd wait_for(const StopSource* stop) {
    return {stop != nullptr ? stop->descriptor().get() : -1, POLLIN, 0};
}

/// Nothing tells that a reader has come, so that it is asked for from time to time.
void wait_a_moment() {
    constexpr int moment_ms = 20;
    const StopSource* const stop = stop_of_waits();
    pollfd stopped = wait_for(stop);
    ::poll(&stopped, 1, moment_ms);
    if (stop != nullptr) stop->throw_if_stopped();
}

bool is_fifo(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 && S_ISFIFO(found.st_mode);
}

/// Reads when there is something to read. A FIFO opened without waiting has no end before somebody has written to it.
class WaitingSource final : public Source {
public:
    WaitingSource(Fd file, std::string name, const StopSource* stop)
        : file_(std::move(file)), name_(std::move(name)), stop_(stop) {}

    std::size_t read(std::span<std::byte> buffer) override {
        for (;;) {
            std::array<pollfd, 2> waits{{{file_.get(), POLLIN, 0}, wait_for(stop_)}};
            if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR)
                throw SystemError("cannot wait for {}", quoted(name_));
            if (stop_ != nullptr) stop_->throw_if_stopped();
            if (waits[0].revents == 0) continue;
            const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR && errno != EAGAIN) throw SystemError("cannot read {}", quoted(name_));
        }
    }

private:
    Fd file_;
    std::string name_;
    const StopSource* stop_;
};

}  // namespace

void end_waits_by(const StopSource* stop) {
    stop_of_waits() = stop;
}

Fd open_to_read(const std::string& path) {
    return open_path(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

std::unique_ptr<Source> source_of(Fd file, std::string name_for_messages, const StopSource* stop) {
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
        return std::make_unique<FileSource>(std::move(file), std::move(name_for_messages));
    return std::make_unique<WaitingSource>(std::move(file), std::move(name_for_messages),
                                           stop != nullptr ? stop : stop_of_waits());
}

// Without a reader the open of a FIFO that does not wait gives ENXIO: fifo(7).
Fd open_to_write(const std::string& path) {
    for (;;) {
        Fd file(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
        if (file) {
            ::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) & ~O_NONBLOCK);
            return file;
        }
        if (const int error = errno; error != ENXIO || !is_fifo(path)) {
            errno = error;
            return file;
        }
        wait_a_moment();
    }
}

}  // namespace runtime
