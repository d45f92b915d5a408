#include "runtime/container/isolation/older_overlay.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

/// What the short-lived process needs, all of it made before.
struct Order {
    const std::vector<const char*>& folders;  ///< the lower ones, and the upper and work folder where there are changes
    bool has_upper;
    const char* further_options;
    unsigned long flags;
    int answers;
};

struct Answer {
    int descriptor = -1;
    int error = 0;
};

/// A page of options, which is what mount(2) takes, written without the functions of a library.
class OptionText {
public:
    void add(const char* text) noexcept {
        for (; *text != '\0' && length_ + 1 < text_.size(); ++text) text_[length_++] = *text;
    }
    /// A path as overlayfs reads it: what would end it is escaped.
    void add_path(const char* path) noexcept {
        for (; *path != '\0'; ++path) {
            if (*path == ',' || *path == ':' || *path == '\\') add("\\");
            const std::array<char, 2> one = {*path, '\0'};
            add(one.data());
        }
    }
    void add(int number) noexcept {
        if (number >= 10) add(number / 10);
        const std::array<char, 2> digit = {static_cast<char>('0' + number % 10), '\0'};
        add(digit.data());
    }
    const char* text() const noexcept { return text_.data(); }
    bool is_full() const noexcept { return length_ + 1 >= text_.size(); }

private:
    std::array<char, 4096> text_{};
    std::size_t length_ = 0;
};

/// What is opened here is open in the process that asked, too, which the end of this one does not change.
class Opened {
public:
    int open(const char* path) noexcept {
        const int number = count_ < numbers_.size() ? ::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
        if (number >= 0) numbers_[count_++] = number;
        return number;
    }
    ~Opened() {
        const int error = errno;
        for (std::size_t i = 0; i < count_; ++i) ::close(numbers_[i]);
        errno = error;
    }
    Opened() = default;
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

private:
    std::array<int, 512> numbers_{};
    std::size_t count_ = 0;
};

bool write_options(const Order& order, Opened& opened, OptionText& options) noexcept {
    const std::size_t lower_folders = order.folders.size() - (order.has_upper ? 2 : 0);
    for (std::size_t i = 0; i < order.folders.size(); ++i) {
        const int number = opened.open(order.folders[i]);
        if (number < 0) return false;
        options.add(i == 0 ? "lowerdir=" : i < lower_folders ? ":" : i == lower_folders ? ",upperdir=" : ",workdir=");
        // mountinfo(5) shows the upper folder as it is named here, and by that a container is found again.
        if (order.has_upper && i == lower_folders && order.folders[i][0] == '/')
            options.add_path(order.folders[i]);
        else
            options.add(number);
    }
    options.add(",");
    options.add(order.further_options);
    if (options.is_full()) errno = E2BIG;
    return !options.is_full();
}

/// Only system calls: other threads may have held locks when this process was made. The kernel wants the folders to be
/// of the mount namespace that it mounts in, so that they are opened here.
int mount_here(const Order& order) noexcept {
    if (::unshare(CLONE_NEWNS) != 0) return -1;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return -1;
    Opened opened;
    OptionText options;
    if (!write_options(order, opened, options)) return -1;
    // Any folder does as the place that is there: nobody sees that it is covered.
    const char* const place = "/proc";
    if (::chdir("/proc/self/fd") != 0) return -1;
    if (::mount("builder", place, "overlay", order.flags, options.text()) != 0) return -1;
    return static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, place, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

[[noreturn]] void answer(const Order& order) noexcept {
    Answer answer;
    answer.descriptor = mount_here(order);
    if (answer.descriptor < 0) answer.error = errno;
    [[maybe_unused]] const ssize_t written = ::write(order.answers, &answer, sizeof answer);
    ::_exit(0);
}

/// As many as there can be folders, and some more, where this process may have them.
void allow_descriptors() {
    constexpr rlim_t wanted = 2048;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Fd mount_older_overlay(const OlderOverlay& overlay) {
    allow_descriptors();
    std::vector<const char*> folders;
    for (const std::string& folder : overlay.lower_folders) folders.push_back(folder.c_str());
    const bool has_upper = !overlay.upper_folder.empty();
    if (has_upper) folders.insert(folders.end(), {overlay.upper_folder.c_str(), overlay.work_folder.c_str()});
    Pipe answers = make_pipe();
    const Order order{folders, has_upper, overlay.options.c_str(),
                      overlay.has_devices ? 0UL : static_cast<unsigned long>(MS_NODEV), answers.write_end.get()};
    // It shares the table of descriptors, so that what it opens is open here.
    const long process = ::syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (process == 0) answer(order);
    if (process < 0) throw SystemError("cannot make a process");
    int status = 0;
    while (::waitpid(static_cast<pid_t>(process), &status, 0) < 0 && errno == EINTR) continue;
    Answer result{-1, ECHILD};
    answers.write_end.reset();
    while (::read(answers.read_end.get(), &result, sizeof result) < 0 && errno == EINTR) continue;
    if (result.descriptor < 0)
        throw SystemError(SystemError::Number{result.error}, "cannot mount an overlay of {} folders ({})",
                          overlay.lower_folders.size(), overlay.options);
    return Fd(result.descriptor);
}

}  // namespace runtime
