#include "runtime/container/older_overlay.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

/// What the short-lived process needs, all of it made before.
struct Order {
    int descriptors_folder;
    const char* place;  ///< any folder does: nobody sees that it is covered
    unsigned long flags;
    const char* options;
    int answers;
};

struct Answer {
    int descriptor = -1;
    int error = 0;
};

/// Only system calls: other threads may have held locks when this process was made.
int mount_here(const Order& order) noexcept {
    if (::unshare(CLONE_NEWNS) != 0) return -1;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return -1;
    if (::fchdir(order.descriptors_folder) != 0) return -1;
    if (::mount("builder", order.place, "overlay", order.flags, order.options) != 0) return -1;
    return static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, order.place, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

[[noreturn]] void answer(const Order& order) noexcept {
    Answer answer;
    answer.descriptor = mount_here(order);
    if (answer.descriptor < 0) answer.error = errno;
    [[maybe_unused]] const ssize_t written = ::write(order.answers, &answer, sizeof answer);
    ::_exit(0);
}

/// The names of folders as descriptors of this process, and the descriptors.
class Numbered {
public:
    std::string number_of(const std::string& folder) {
        opened_.push_back(open_path(folder, O_PATH | O_DIRECTORY));
        return fmt::format("{}", opened_.back().get());
    }

private:
    std::vector<Fd> opened_;
};

std::string text_of(const OlderOverlay& overlay, Numbered& folders) {
    std::string lower;
    for (const std::string& folder : overlay.lower_folders) lower += ":" + folders.number_of(folder);
    std::string text = "lowerdir=" + lower.substr(1);
    if (!overlay.upper_folder.empty())
        text += fmt::format(",upperdir={},workdir={}", folders.number_of(overlay.upper_folder),
                            folders.number_of(overlay.work_folder));
    return text + "," + overlay.options;
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
    Numbered folders;
    const std::string options = text_of(overlay, folders);
    const Fd descriptors = open_path("/proc/self/fd", O_PATH | O_DIRECTORY);
    Pipe answers = make_pipe();
    const Order order{descriptors.get(), overlay.lower_folders.back().c_str(),
                      overlay.has_devices ? 0UL : static_cast<unsigned long>(MS_NODEV), options.c_str(),
                      answers.write_end.get()};
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
                          overlay.lower_folders.size(), options);
    return Fd(result.descriptor);
}

}  // namespace runtime
