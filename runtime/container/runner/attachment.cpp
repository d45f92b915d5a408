#include "runtime/container/runner/attachment.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr char end_of_input = '\x04';
constexpr int end_interval_milliseconds = 100;

/// The number behind a name in a text of lines "Name:<tab>value", as /proc has them.
std::uint64_t field_of(const std::string& text, std::string_view name, int base) {
    const auto start = text.find("\n" + std::string(name) + ":");
    if (start == std::string::npos) return 0;
    const auto first = text.find_first_not_of(" \t", start + name.size() + 2);
    std::uint64_t value = 0;
    if (first != std::string::npos) std::from_chars(text.data() + first, text.data() + text.size(), value, base);
    return value;
}

/// The first process of a PID namespace gets only the signals that it has a handler for; the others would be lost.
bool handles(const Fd& process, int signal) {
    const auto facts = read_file_if_exists(fmt::format("/proc/self/fdinfo/{}", process.get()));
    if (!facts) return false;
    const auto status = read_file_if_exists(fmt::format("/proc/{}/status", field_of("\n" + *facts, "Pid", 10)));
    return status && ((field_of(*status, "SigCgt", 16) >> (signal - 1)) & 1U) != 0;
}

}  // namespace

struct Attachment::Settings {
    termios value;
};

Attachment::Attachment() {
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH})
        ::sigaddset(&watched, number);
    ::pthread_sigmask(SIG_BLOCK, &watched, &before_);
    signals_ = Fd(::signalfd(-1, &watched, SFD_CLOEXEC));
    if (!signals_) throw SystemError("cannot watch for signals");
}

Attachment::~Attachment() {
    if (settings_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_->value);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Attachment::take_signal(RunningContainer& container) {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != sizeof info) return;
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGWINCH) {
        if (connected_) copy_size(container.terminal());
        return;
    }
    const bool again = forwarded_ != 0 && signal != SIGUSR1 && signal != SIGUSR2;
    const bool is_handled = container.process() && handles(container.process(), signal);
    forwarded_ = signal;
    container.kill(again || !is_handled ? SIGKILL : signal);
}

void Attachment::make_raw() {
    termios settings{};
    if (::tcgetattr(STDIN_FILENO, &settings) != 0) return;
    settings_ = std::make_unique<Settings>(Settings{settings});
    ::cfmakeraw(&settings);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
}

void Attachment::copy_size(const Fd& terminal) const {
    winsize size{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        ::ioctl(terminal.get(), TIOCSWINSZ, &size);
}

void Attachment::connect_terminal(const Fd& terminal) {
    connected_ = true;
    ::fcntl(terminal.get(), F_SETFL, ::fcntl(terminal.get(), F_GETFL) | O_NONBLOCK);
    copy_size(terminal);
    make_raw();
}

void Attachment::read_input() {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) return end_input();
    unsent_.assign(buffer.data(), static_cast<std::size_t>(count));
    ends_line_ = unsent_.ends_with('\n');
}

/// The terminal's own sign: it ends a read. In the middle of a line the first one only hands over what was typed.
void Attachment::end_input() {
    input_open_ = false;
    unsent_ = ends_line_ ? std::string(1, end_of_input) : std::string(2, end_of_input);
}

/// Another program may read on the terminal later, and find its end, too. A program that takes single characters would
/// take the sign for one.
void Attachment::repeat_end(const Fd& terminal) {
    termios settings{};
    if (!unsent_.empty() || ::tcgetattr(terminal.get(), &settings) != 0 || (settings.c_lflag & ICANON) == 0) return;
    unsent_ = end_of_input;
}

/// As much as the terminal takes: it waits for a program that reads, which may wait for its output to be read.
void Attachment::send_input(const Fd& terminal) {
    const ssize_t count = ::write(terminal.get(), unsent_.data(), unsent_.size());
    if (count > 0) unsent_.erase(0, static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR && errno != EAGAIN) unsent_.clear();
}

bool Attachment::relay_output(const Fd& terminal) {
    std::array<char, 16 * 1024> buffer{};
    const ssize_t count = ::read(terminal.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    // EIO is how a terminal says that its other end is closed.
    if (count <= 0) return false;
    const Fd output(::dup(STDOUT_FILENO));
    write_all(output, std::string_view(buffer.data(), static_cast<std::size_t>(count)), "standard output");
    return true;
}

ContainerResult Attachment::wait(RunningContainer& container) {
    std::optional<ContainerResult> result;
    bool output_open = true;
    while (!result || (connected_ && output_open)) {
        const bool has_reader = connected_ && !result;
        const bool reads_input = has_reader && input_open_ && unsent_.empty();
        const bool sends_input = has_reader && !unsent_.empty();
        std::array<pollfd, 4> polled = {
            pollfd{result ? -1 : container.status().get(), POLLIN, 0},
            pollfd{signals_.get(), POLLIN, 0},
            pollfd{connected_ && output_open ? container.terminal().get() : -1,
                   static_cast<short>(POLLIN | (sends_input ? POLLOUT : 0)), 0},
            pollfd{reads_input ? STDIN_FILENO : -1, POLLIN, 0},
        };
        const int ready =
            ::poll(polled.data(), polled.size(), has_reader && !input_open_ ? end_interval_milliseconds : -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) throw SystemError("cannot wait for a container");
        if (ready == 0) repeat_end(container.terminal());
        if ((polled[2].revents & POLLOUT) != 0) send_input(container.terminal());
        if ((polled[2].revents & ~POLLOUT) != 0) output_open = relay_output(container.terminal());
        if (polled[3].revents != 0) read_input();
        if (polled[1].revents != 0) take_signal(container);
        if (polled[0].revents != 0) result = container.receive();
        if (!connected_ && container.terminal()) connect_terminal(container.terminal());
        if (!std::exchange(started_, started_ || container.process()) && container.process() && on_start)
            on_start(container.process());
        if (!std::exchange(is_set_up_, is_set_up_ || container.is_set_up()) && container.is_set_up() && on_set_up)
            on_set_up();
    }
    if (on_end) on_end();
    // It was ended in the name of the signal that this process got.
    if (forwarded_ != 0 && result->signal == SIGKILL) {
        result->signal = forwarded_;
        result->exit_code = 128 + forwarded_;
    }
    return *std::move(result);
}

}  // namespace runtime
