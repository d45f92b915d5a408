#include "runtime/container/isolation/emulated_container.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "runtime/base/error.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/container/isolation/emulated_mounts.hpp"
#include "runtime/container/isolation/monitor.hpp"
#include "runtime/container/status_message.hpp"
#include "runtime/emulated/call_filter.hpp"
#include "runtime/emulated/supervisor.hpp"
#include "runtime/emulated/tracee.hpp"
#include "runtime/sys/capabilities.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folders_in_root.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/seccomp.hpp"
#include "runtime/sys/seccomp_listener.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace runtime {
namespace {

/// What the first process does after it is under trace and before it is the container's command.
class FirstProcess {
public:
    FirstProcess(SetupState& state, const Fd& status, const Fd& socket)
        : state_(state), status_(status), socket_(socket) {}

    [[noreturn]] void run() {
        const char* step = "begin";
        try {
            // It is under trace once this comes.
            if (!receive_packet(socket_)) ::_exit(125);
            for (const SetupStep& one : emulated_setup_steps()) {
                step = one.name;
                one.perform(state_);
            }
            step = "hand over its calls";
            hand_over_calls();
            step = "enter the working directory";
            enter_working_directory();
            send_message(status_, StatusMessage::made_paths, state_.made);
            step = "execute the command";
            execute_command(state_.spec);
        } catch (const Error& error) {
            FailureReport failure{step, error.full_message(), error.hint(), error.exit_code()};
            send_message(status_, StatusMessage::failure, failure);
        } catch (const std::exception& error) {
            FailureReport failure{step, error.what(), "", 125};
            send_message(status_, StatusMessage::failure, failure);
        }
        ::_exit(125);
    }

private:
    void hand_over_calls() {
        const ContainerSpec& spec = state_.spec;
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw SystemError("cannot set no_new_privs");
        set_capabilities(0);
        const emulated::FilterOptions options{spec.network != NetworkMode::none};
        const Fd listener = install_listener(emulated::assemble_filter(emulated::call_actions(options), options));
        send_packet(socket_, "L", {&listener});
        if (!spec.seccomp_program.empty()) install_seccomp(spec.seccomp_program);
    }

    void enter_working_directory() {
        const std::string& path = state_.spec.working_directory;
        if (::chdir(path.c_str()) != 0) throw SystemError("cannot enter the working directory {}", quoted(path));
    }

    SetupState& state_;
    const Fd& status_;
    const Fd& socket_;
};

/// A pseudo-terminal of this machine; the step may open it.
Fd open_terminal(SetupState& state, const Fd& status, emulated::Emulation& container) {
    if (!state.spec.terminal) return Fd();
    const Fd outer = open_path("/dev/ptmx", O_RDWR | O_NOCTTY);
    int locked = 0;
    unsigned number = 0;
    if (::ioctl(outer.get(), TIOCSPTLCK, &locked) != 0 || ::ioctl(outer.get(), TIOCGPTN, &number) != 0)
        throw SystemError("cannot unlock a terminal");
    Fd inner(::ioctl(outer.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY));
    if (!inner) throw SystemError("cannot open a terminal");
    winsize size{};
    if (::ioctl(0, TIOCGWINSZ, &size) == 0 || ::ioctl(1, TIOCGWINSZ, &size) == 0)
        ::ioctl(outer.get(), TIOCSWINSZ, &size);
    container.mounts.show_terminal(number);
    container.terminal = inner.duplicate();
    send_packet(status, std::string(1, static_cast<char>(StatusMessage::terminal)), {&outer});
    return inner;
}

emulated::Process first_process(const ContainerSpec& spec, const Fd& root) {
    emulated::Process process;
    process.root = std::make_shared<const Fd>(root.duplicate());
    process.folder = process.root;
    process.ids.users.fill(spec.single_user ? spec.shown_user : spec.user);
    process.ids.groups.fill(spec.single_user ? spec.shown_group : spec.group);
    process.ids.supplementary = spec.supplementary_groups;
    return process;
}

void open_root(SetupState& state) {
    const ContainerSpec& spec = state.spec;
    if (spec.root_source)
        state.root = state.mount_sources.at(*spec.root_source).duplicate();
    else if (spec.root.copy_folder.empty())
        throw Error("nothing can be stacked for an emulated container").with_hint("use --storage-driver vfs");
    else
        state.root = open_path(spec.root.copy_folder, O_PATH | O_DIRECTORY);
}

/// Images may name a folder that they do not have.
void make_working_directory(SetupState& state) {
    const std::string& path = state.spec.working_directory;
    if (!path.starts_with("/") || open_in_root_if_exists(state.root, path, O_PATH)) return;
    make_in_root(state.root, path, true);
}

/// This process holds files for all others.
void raise_limit_of_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void prepare_process() {
    become_monitor();
    // A handler that this process has not would keep its children from being waited for.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    // The kernel finds programs for the step by the descriptors of this process.
    // It finds them only where this process can do no more than the step.
    set_capabilities(0);
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    ::umask(0);
}

}  // namespace

void run_emulated(SetupState& state, const Fd& status, const Fd& report, const char*& step) {
    keep_owners_aside(state.spec.single_user);
    keep_modes_aside(true);
    step = "open the root";
    open_root(state);
    step = "arrange what the container sees";
    const TempFolder scratch(state.spec.scratch_folder);
    emulated::Emulation container(state.root);
    container.hostname = state.spec.hostname;
    container.capabilities = state.spec.capabilities;
    container.has_network = state.spec.network != NetworkMode::none;
    fill_mount_table(state, container.mounts, scratch.path());
    make_working_directory(state);
    step = "open the terminal";
    state.terminal = open_terminal(state, status, container);
    step = "trace the first process";
    prepare_process();
    emulated::Supervisor supervisor(container);
    SocketPair sockets = make_packet_pair();
    const pid_t first = ::fork();
    if (first < 0) throw SystemError("cannot make a process");
    if (first == 0) {
        sockets.first.reset();
        FirstProcess(state, status, sockets.second).run();
    }
    sockets.second.reset();
    raise_limit_of_descriptors();
    send_process(status, Fd(static_cast<int>(::syscall(SYS_pidfd_open, first, 0U))));
    supervisor.adopt(first, first_process(state.spec, state.root));
    send_packet(sockets.first, "G");
    state.terminal.reset();
    rusage usage{};
    auto listener = receive_packet(sockets.first);
    Fd descriptor = listener && !listener->descriptors.empty() ? std::move(listener->descriptors.front()) : Fd();
    const int ended = supervisor.serve(std::move(descriptor), end_signal(), usage);
    write_report(report, make_exit_report(ended, usage));
}

namespace {

/// Does nothing but what needs to be allowed; its exit code is the errno.
[[noreturn]] void try_filter(const Fd& started) noexcept {
    char byte = 0;
    if (::read(started.get(), &byte, 1) != 1) ::_exit(EIO);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    try {
        install_listener({sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}});
    } catch (const SystemError& error) {
        ::_exit(error.number());
    }
    ::_exit(0);
}

std::string try_emulation() {
    if (!emulated::can_trace_here()) return "containers cannot be emulated on this kind of processor";
    Pipe started = make_pipe();
    const pid_t child = ::fork();
    if (child < 0) throw SystemError("cannot make a process");
    if (child == 0) {
        started.write_end.reset();
        try_filter(started.read_end);
    }
    std::string refusal;
    if (::ptrace(PTRACE_SEIZE, child, nullptr, 0UL) != 0)
        refusal = fmt::format("ptrace is not allowed: {}", errno_text(errno));
    else if (::write(started.write_end.get(), "", 1) != 1)
        refusal = fmt::format("cannot write to a pipe: {}", errno_text(errno));
    started.write_end.reset();
    int status = 0;
    while (::waitpid(child, &status, __WALL) < 0 && errno == EINTR) continue;
    if (refusal.empty() && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        refusal = fmt::format("no filter can hand system calls to another process: {}",
                              WIFEXITED(status) ? errno_text(WEXITSTATUS(status)) : "the trial was ended");
    if (refusal.ends_with(errno_text(EBUSY)))
        refusal += ", as the container that this runs in has such a filter already";
    return refusal;
}

}  // namespace

std::string refusal_of_emulation() {
    static const std::string refusal = try_emulation();
    return refusal;
}

}  // namespace runtime
