#include "builder/cli/shown_text.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace builder {

void show_text(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (count < 0 && errno == EAGAIN) {
            pollfd polled{descriptor, POLLOUT, 0};
            ::poll(&polled, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            return;
        }
    }
}

}  // namespace builder
