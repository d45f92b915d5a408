#include "runtime/sys/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

/// A file in memory: what is in it is there as a whole, so that nobody waits for anybody.
Fd memory_file(const char* name) {
    Fd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file) throw SystemError("cannot make a file in memory");
    return file;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

/// All that the new process needs, made before it exists: between vfork and exec nothing may be allocated.
struct Start {
    const char* path;
    char* const* arguments;
    char* const* environment;
    const char* folder;  ///< or null
    std::array<int, 3> standard;
    mode_t umask;
    pid_t parent;
    volatile int error = 0;  ///< written by the child, which the compiler does not see
};

/// Runs in the memory of the parent, which waits until exec or the end.
[[noreturn]] void become_program(Start& start) noexcept {
    const auto give_up = [&start] {
        start.error = errno;
        ::_exit(127);
    };
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != start.parent) ::_exit(127);
    ::setpgid(0, 0);
    ::umask(start.umask);
    if (start.folder != nullptr && ::chdir(start.folder) != 0) give_up();
    for (int number = 0; number < 3; ++number)
        if (::dup2(start.standard[static_cast<std::size_t>(number)], number) < 0) give_up();
    ::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(start.path, start.arguments, start.environment);
    give_up();
    ::_exit(127);
}

/// Ends a program with all that it started. Where vfork is a plain fork, as under a sanitizer, its process group may
/// not be there yet.
void kill_group(pid_t process) noexcept {
    if (::kill(-process, SIGKILL) != 0) ::kill(process, SIGKILL);
}

/// What a program says on one of its descriptors. It is read as it comes and never kept beyond the limit: a program
/// passes on what servers send.
class Heard {
public:
    Heard(std::string name, std::size_t limit_bytes) : name_(std::move(name)), limit_bytes_(limit_bytes) {
        if (::fcntl(pipe_.read_end.get(), F_SETFL, O_NONBLOCK) != 0) throw SystemError("cannot prepare a pipe");
    }
    const Fd& write_end() const noexcept { return pipe_.write_end; }
    void close_write_end() noexcept { pipe_.write_end.reset(); }
    /// Invalid where nothing more can come.
    int read_end() const noexcept { return pipe_.read_end.get(); }
    std::string take() noexcept { return std::move(text_); }

    /// All that is there at this moment. Throws Error where it is too much.
    void listen() {
        std::array<char, 64 * 1024> buffer{};
        while (pipe_.read_end) {
            const ssize_t count = ::read(pipe_.read_end.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) return;
            if (count < 0) throw SystemError("cannot read {}", name_);
            if (count == 0) return pipe_.read_end.reset();
            text_.append(buffer.data(), static_cast<std::size_t>(count));
            if (text_.size() > limit_bytes_) throw Error("{} has more than {} bytes", name_, limit_bytes_);
        }
    }

private:
    const std::string name_;
    const std::size_t limit_bytes_;
    Pipe pipe_ = make_pipe();
    std::string text_;
};

/// Ends what it stands for, with all that it started, unless it ended by itself.
class RunningProgram {
public:
    explicit RunningProgram(pid_t process)
        : process_(process), handle_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0U))) {
        if (!handle_) throw SystemError("cannot watch a program");
    }
    ~RunningProgram() {
        if (process_ <= 0) return;
        kill_group(process_);
        reap();
    }
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    /// What it leaves running, and holds on to its descriptors, is not waited for.
    int wait(const StopSource* stop, Heard& output, Heard& complaints) {
        for (bool has_ended = false; !has_ended;) {
            std::array<pollfd, 4> watched{{{handle_.get(), POLLIN, 0},
                                           {output.read_end(), POLLIN, 0},
                                           {complaints.read_end(), POLLIN, 0},
                                           {stop == nullptr ? -1 : stop->descriptor().get(), POLLIN, 0}}};
            if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
                throw SystemError("cannot wait for a program");
            if (stop != nullptr) stop->throw_if_stopped();
            has_ended = watched[0].revents != 0;
            output.listen();
            complaints.listen();
        }
        const int status = reap();
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    int reap() noexcept {
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
        process_ = 0;
        return status;
    }
    pid_t process_;
    Fd handle_;
};

pid_t start_program(Start& start) {
    // A signal handler must not run in the child while it shares this memory.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    const pid_t process = ::vfork();
#pragma GCC diagnostic pop
    if (process == 0) become_program(start);
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return process;
}

}  // namespace

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    const char* const variable = std::getenv("PATH");
    const std::string folders = variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable;
    for (std::size_t start = 0; start <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', start), folders.size());
        std::string path = folders.substr(start, end - start) + "/" + name;
        if (end > start && ::access(path.c_str(), X_OK) == 0) return path;
        start = end + 1;
    }
    return "";
}

std::vector<std::string> own_environment() {
    std::vector<std::string> result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) result.emplace_back(*entry);
    return result;
}

BackgroundProgram::BackgroundProgram(const std::vector<std::string>& words, Complaints complaints) : process_(-1) {
    const Fd nowhere = complaints == Complaints::dropped ? open_path("/dev/null", O_WRONLY) : Fd();
    const std::string path = find_program(words.front());
    if (path.empty()) throw Error("the program {} is not installed", quoted(words.front()));
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    const std::vector<std::string> environment = own_environment();
    const std::vector<char*> arguments = pointers(words);
    const std::vector<char*> variables = pointers(environment);
    Start start{path.c_str(),
                arguments.data(),
                variables.data(),
                nullptr,
                {input.read_end.get(), output.write_end.get(), nowhere ? nowhere.get() : STDERR_FILENO},
                022,
                ::getpid()};
    process_ = start_program(start);
    if (process_ < 0) throw SystemError("cannot start {}", quoted(path));
    input_ = std::move(input.write_end);
    output_ = std::move(output.read_end);
}

BackgroundProgram::~BackgroundProgram() {
    kill_group(process_);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<std::string> BackgroundProgram::read_line() {
    std::string line;
    for (char byte = 0;;) {
        const ssize_t count = ::read(output_.get(), &byte, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        if (byte == '\n') return line;
        line += byte;
    }
}

bool BackgroundProgram::has_ended() const {
    siginfo_t status{};
    return ::waitid(P_PID, static_cast<id_t>(process_), &status, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           status.si_pid != 0;
}

ProgramResult run_program(const ProgramRequest& request, const StopSource* stop) {
    const std::string& name = request.words.front();
    const std::string path = find_program(name);
    if (path.empty()) throw Error("the program {} is not installed", quoted(name));
    const Fd input = memory_file("input");
    Heard output("the output of " + name, request.output_limit_bytes);
    Heard complaints("what " + name + " complains of", request.output_limit_bytes);
    write_all(input, request.input, "the input of " + name);
    ::lseek(input.get(), 0, SEEK_SET);
    const std::vector<std::string> environment = request.environment ? *request.environment : own_environment();
    const std::vector<char*> arguments = pointers(request.words);
    const std::vector<char*> variables = pointers(environment);
    Start start{path.c_str(),
                arguments.data(),
                variables.data(),
                request.folder.empty() ? nullptr : request.folder.c_str(),
                {input.get(), output.write_end().get(), complaints.write_end().get()},
                request.umask,
                ::getpid()};
    const pid_t process = start_program(start);
    if (process < 0) throw SystemError("cannot start {}", quoted(name));
    RunningProgram running(process);
    output.close_write_end();
    complaints.close_write_end();
    ProgramResult result;
    log_debug("{} runs as process {}", path, process);
    result.exit_code = running.wait(stop, output, complaints);
    log_debug("{} has ended with exit code {}", path, result.exit_code);
    if (start.error != 0) throw SystemError(SystemError::Number{start.error}, "cannot start {}", quoted(path));
    result.output = output.take();
    result.complaints = complaints.take();
    return result;
}

}  // namespace runtime
