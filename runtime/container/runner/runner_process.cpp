#include "runtime/container/runner/runner_process.hpp"

#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/container/isolation/emulated_container.hpp"
#include "runtime/container/isolation/monitor.hpp"
#include "runtime/container/isolation/oci_runtime.hpp"
#include "runtime/container/isolation/owner_records.hpp"
#include "runtime/container/isolation/setup_steps.hpp"
#include "runtime/container/network/network_namespace.hpp"
#include "runtime/container/runner/runner_start.hpp"
#include "runtime/container/status_message.hpp"
#include "runtime/sys/clone.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {
namespace {

enum RequestDescriptor : std::size_t {
    spec_memory,
    status_socket,
    standard_input,
    standard_output,
    standard_error,
    first_source
};

struct Child {
    pid_t pid = -1;
    Fd handle;
    Fd status;
    Fd report;  ///< where its monitor writes; invalid where it has none
    pid_t owner_noter = -1;
};

void send_signal(const Child& child, int signal) {
    // A monitor is told to end what it keeps, because nobody would find that without it.
    const int sent = child.report && signal == SIGKILL ? end_signal() : signal;
    ::syscall(SYS_pidfd_send_signal, child.handle.get(), sent, nullptr, 0U);
}

bool has_monitor(const ContainerSpec& spec) {
    return spec.namespaces.pid.mode != NamespaceChoice::Mode::fresh || spec.isolation == Isolation::oci_runtime;
}

/// Readable when a child has stopped or ended. Those who execute a command unblock the signal again.
Fd watch_children() {
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, nullptr);
    Fd signals(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals) throw SystemError("cannot watch for signals");
    return signals;
}

class RunnerProcess {
public:
    explicit RunnerProcess(const Fd& control) : control_(control), signals_(watch_children()) {}
    void serve();

private:
    void make_sandbox(const ContainerSpec& spec);
    void accept_request();
    void start_container(Packet request);
    [[noreturn]] void be_the_container(const ContainerSpec& spec, Packet& request, const Fd& report,
                                       const Fd& owner_records);
    void take_order(Child& child);
    void report_exit(Child& child);
    void let_stopped_ones_go();
    void clean_up();

    const Fd& control_;
    Fd signals_;
    std::vector<Child> children_;
    SandboxNamespaces sandbox_;
    std::set<std::string> cgroup_folders_;
    bool sandbox_made_ = false;
    bool ends_ = false;
};

/// The IPC and UTS namespaces are the runner's own from the first container on: its children are born into them.
void RunnerProcess::make_sandbox(const ContainerSpec& spec) {
    if (spec.isolation == Isolation::emulated) return;
    if (!sandbox_made_) {
        using Mode = NamespaceChoice::Mode;
        const bool fresh_uts = spec.namespaces.uts.mode == Mode::fresh;
        const bool fresh_ipc = spec.namespaces.ipc.mode == Mode::fresh;
        if (::unshare((fresh_ipc ? CLONE_NEWIPC : 0) | (fresh_uts ? CLONE_NEWUTS : 0)) != 0)
            throw SystemError("cannot make the IPC and UTS namespaces");
        if (fresh_uts && ::sethostname(spec.hostname.data(), spec.hostname.size()) != 0)
            throw SystemError("cannot set the host name");
        sandbox_made_ = true;
    }
    if (spec.network == NetworkMode::none && !sandbox_.isolated_network)
        sandbox_.isolated_network = make_network_namespace();
}

void RunnerProcess::serve() {
    while (!ends_) {
        std::vector<pollfd> polled = {{control_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
        for (const Child& child : children_) {
            polled.push_back({child.handle.get(), POLLIN, 0});
            polled.push_back({child.status.get(), POLLIN, 0});
        }
        if (::poll(polled.data(), polled.size(), -1) < 0) {
            if (errno == EINTR) continue;
            throw SystemError("cannot wait for the containers");
        }
        for (std::size_t i = children_.size(); i-- > 0;) {
            if (polled[2 * i + 3].revents != 0) take_order(children_[i]);
            if (polled[2 * i + 2].revents == 0) continue;
            report_exit(children_[i]);
            children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (polled[1].revents != 0) let_stopped_ones_go();
        if (polled[0].revents != 0) accept_request();
    }
    clean_up();
}

/// Their ends are told by their pidfds; here only those count that wait for this process to trace them.
void RunnerProcess::let_stopped_ones_go() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) continue;
    for (const Child& child : children_) {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(child.pid), &info, WSTOPPED | WNOHANG) == 0 && info.si_pid != 0) {
            if (info.si_code == CLD_TRAPPED) let_go_of_tracee(child.pid, info.si_status & 0x7f);
            info = {};
        }
    }
}

/// The one who asked may have been killed, and cannot take the cgroups away that it made; usually it has.
void RunnerProcess::clean_up() {
    for (Child& child : children_) {
        send_signal(child, SIGKILL);
        report_exit(child);
    }
    for (const std::string& folder : cgroup_folders_) ::rmdir(folder.c_str());
}

void RunnerProcess::accept_request() {
    auto request = receive_packet(control_);
    // Leaving ends the runner, and as it is the first process of its PID namespace, everything else in there.
    if (!request) {
        // Without a namespace of its own it ends them one by one.
        for (const Child& child : children_) send_signal(child, SIGKILL);
        ends_ = true;
        return;
    }
    if (request->descriptors.size() >= first_source) start_container(*std::move(request));
}

/// The flag for a PID namespace of the container's own. One that is joined is joined by the runner, whose children are
/// born into it; whoever asks for that has a runner for this container alone.
std::uint64_t process_namespace(const ContainerSpec& spec, const Packet& request) {
    const NamespaceChoice& choice = spec.namespaces.pid;
    if (choice.mode == NamespaceChoice::Mode::fresh) return CLONE_NEWPID;
    if (choice.mode == NamespaceChoice::Mode::joined &&
        ::setns(request.descriptors.at(first_source + choice.source).get(), CLONE_NEWPID) != 0)
        throw SystemError("cannot enter the PID namespace");
    return 0;
}

/// The process beside the container; it ends by itself when nothing of the container is left. Gives the other end of
/// its socket.
Fd start_owner_noter(Child& child) {
    compile_owner_filter();
    SocketPair pair = make_packet_pair();
    ClonedProcess noter = clone_process(0);
    if (noter.pid == 0) {
        pair.second.reset();
        note_owner_changes(pair.first);
    }
    child.owner_noter = noter.pid;
    return std::move(pair.second);
}

void RunnerProcess::start_container(Packet request) {
    Child child;
    child.status = request.descriptors[status_socket].duplicate();
    try {
        ::lseek(request.descriptors[spec_memory].get(), 0, SEEK_SET);
        const std::string bytes = read_file(request.descriptors[spec_memory], "the request of a container");
        ContainerSpec spec;
        PackReader{bytes}(spec);
        make_sandbox(spec);
        cgroup_folders_.insert(spec.cgroup_folders.begin(), spec.cgroup_folders.end());
        if (has_monitor(spec)) child.report = make_report_file();
        const bool is_emulated = spec.isolation == Isolation::emulated;
        const Fd owner_records = spec.single_user && !is_emulated ? start_owner_noter(child) : Fd();
        ClonedProcess process = clone_process(is_emulated ? 0 : CLONE_NEWNS | process_namespace(spec, request));
        if (process.pid == 0) be_the_container(spec, request, child.report, owner_records);
        child.pid = process.pid;
        child.handle = std::move(process.handle);
        if (!child.report) send_process(child.status, child.handle);
        children_.push_back(std::move(child));
    } catch (const Error& error) {
        FailureReport failure{"make the namespaces", error.full_message(), error.hint(), 125};
        ExitReport report;
        report.exit_code = 125;
        send_message(child.status, StatusMessage::failure, failure);
        send_message(child.status, StatusMessage::exited, report);
    }
}

/// Only the three standard streams are left open over exec.
void take_streams(Packet& request) {
    ::dup2(request.descriptors[standard_input].get(), 0);
    ::dup2(request.descriptors[standard_output].get(), 1);
    ::dup2(request.descriptors[standard_error].get(), 2);
    ::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
}

void RunnerProcess::be_the_container(const ContainerSpec& spec, Packet& request, const Fd& report,
                                     const Fd& owner_records) {
    const Fd status = request.descriptors[status_socket].duplicate();
    const char* step_name = "take the streams";
    try {
        if (report && spec.isolation != Isolation::oci_runtime && spec.isolation != Isolation::emulated) {
            stay_behind_as_monitor(report);
            send_process(status, Fd(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0U))));
        }
        take_streams(request);
        std::vector<Fd> sources;
        for (std::size_t i = first_source; i < request.descriptors.size(); ++i)
            sources.push_back(std::move(request.descriptors[i]));
        SetupState state{spec, sandbox_, sources, owner_records, status};
        if (spec.isolation == Isolation::oci_runtime) {
            run_by_oci_runtime(state, status, report, step_name);
            ::_exit(0);
        }
        if (spec.isolation == Isolation::emulated) {
            run_emulated(state, status, report, step_name);
            ::_exit(0);
        }
        for (const SetupStep& step : setup_steps()) {
            step_name = step.name;
            step.perform(state);
        }
        step_name = "execute the command";
        execute_command(spec);
    } catch (const Error& error) {
        FailureReport failure{step_name, error.full_message(), error.hint(), error.exit_code()};
        send_message(status, StatusMessage::failure, failure);
    } catch (const std::exception& error) {
        FailureReport failure{step_name, error.what(), "", 125};
        send_message(status, StatusMessage::failure, failure);
    }
    ::_exit(125);
}

/// An order to send a signal, or the other end is gone and with it the reason for the container to run.
void RunnerProcess::take_order(Child& child) {
    const auto order = receive_packet(child.status);
    int signal = SIGKILL;
    if (order && order->bytes.size() > 1) PackReader(std::string_view(order->bytes).substr(1))(signal);
    send_signal(child, signal);
    if (!order) child.status = Fd();
}

void RunnerProcess::report_exit(Child& child) {
    int status = 0;
    rusage usage{};
    if (::wait4(child.pid, &status, 0, &usage) != child.pid) throw SystemError("cannot wait for a container");
    if (child.owner_noter > 0) ::waitpid(child.owner_noter, nullptr, 0);
    ExitReport report = make_exit_report(status, usage);
    try {
        if (child.report) read_report(child.report, report);
        for (const std::string& folder : report.cgroup_folders) ::rmdir(folder.c_str());
        if (!child.status) return;
        send_message(child.status, StatusMessage::exited, report);
    } catch (const Error&) {
        // The one who asked is gone; there is nobody left to tell.
    }
}

/// The thread that started this process may have had signals blocked or ignored.
void use_default_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

int serve_containers(const Fd& control, bool has_mounts) noexcept {
    try {
        use_default_signals();
        if (has_mounts) make_all_mounts_private();
        send_packet(control, std::string(1, static_cast<char>(RunnerGreeting::ready)));
        RunnerProcess(control).serve();
        return 0;
    } catch (const std::exception& error) {
        // The other side sees the closed socket and reports; this line is for the one who looks closer.
        const std::string text = std::string("builder runner: ") + error.what() + "\n";
        [[maybe_unused]] const ssize_t written = ::write(2, text.data(), text.size());
        return 125;
    }
}

}  // namespace runtime
