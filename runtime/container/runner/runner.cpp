#include "runtime/container/runner/runner.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>

#include "runtime/base/error.hpp"
#include "runtime/base/once.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/runner/runner_process.hpp"
#include "runtime/container/runner/runner_program.hpp"
#include "runtime/container/runner/runner_start.hpp"
#include "runtime/container/status_message.hpp"
#include "runtime/sys/clone.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/namespaces.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {
namespace {

/// The spec goes as a memory file, because a packet is limited and a command line may be long.
Fd packed_in_memory(ContainerSpec& spec) {
    Fd memory(::memfd_create("container-spec", MFD_CLOEXEC));
    if (!memory) throw SystemError("cannot make a memory file");
    PackWriter writer;
    writer(spec);
    write_all(memory, writer.bytes(), "a memory file");
    return memory;
}

std::uint64_t flags_of(ProcessSpace processes) {
    if (processes == ProcessSpace::none) return 0;
    return processes == ProcessSpace::own ? CLONE_NEWNS | CLONE_NEWPID : CLONE_NEWNS;
}

ClonedProcess clone_for_steps(std::uint64_t flags) {
    try {
        return clone_process(flags);
    } catch (SystemError& error) {
        error.add_context("cannot make the namespaces that steps run in");
        error.with_hint(
            "run as root; inside another container it needs CAP_SYS_ADMIN and a seccomp profile that allows clone");
        throw;
    }
}

/// What the runner and the OCI runtimes that it starts need of the environment. All else may hold secrets, and steps
/// may see the runner's processes.
std::vector<std::string> environment_of_runner() {
    std::vector<std::string> kept;
    for (const char* name : {"PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "ASAN_OPTIONS",
                             "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* const value = std::getenv(name)) kept.push_back(fmt::format("{}={}", name, value));
    return kept;
}

/// What the new process needs, all of it made before.
struct Birth {
    int program;
    int control;
    bool leaves_session;
    char* const* environment;
};

/// Only system calls: other threads may have held locks when this process was made. Of the descriptors that the program
/// or its caller left open none goes along (CVE-2024-21626).
[[noreturn]] void become_runner(const Birth& birth) noexcept {
    // Without a PID namespace, whose first process is spared, Ctrl-C would end it.
    if (birth.leaves_session) ::setsid();
    constexpr int program_place = runner_control + 1;
    const int program = ::fcntl(birth.program, F_DUPFD_CLOEXEC, program_place + 1);
    ::dup2(birth.control, runner_control);
    if (birth.control == runner_control) ::fcntl(runner_control, F_SETFD, 0);
    ::dup3(program, program_place, O_CLOEXEC);
    ::syscall(SYS_close_range, static_cast<unsigned>(program_place + 1), ~0U, 0U);
    const std::array<const char*, 2> words = {"builder-runner", nullptr};
    ::syscall(SYS_execveat, program_place, "", words.data(), birth.environment, AT_EMPTY_PATH);
    const std::array<char, 2> failure = {static_cast<char>(RunnerGreeting::not_executed), static_cast<char>(errno)};
    [[maybe_unused]] const ssize_t sent = ::send(runner_control, failure.data(), failure.size(), MSG_NOSIGNAL);
    ::_exit(127);
}

void reap(const Fd& process) noexcept {
    siginfo_t status{};
    while (::waitid(P_PIDFD, static_cast<id_t>(process.get()), &status, WEXITED) != 0 && errno == EINTR) {
    }
}

/// Ends when this goes: it sees its socket closed.
struct StartedRunner {
    StartedRunner() = default;
    StartedRunner(StartedRunner&&) noexcept = default;
    StartedRunner& operator=(StartedRunner&&) noexcept = default;
    ~StartedRunner() {
        if (!process) return;
        control.reset();
        reap(process);
    }

    Fd control;
    Fd process;
    pid_t number = 0;
};

/// Why the program could not be executed, `otherwise` where it does not say; empty where it was.
std::string greeting_problem(const Fd& control, const std::string& otherwise) {
    const auto greeting = receive_packet(control);
    if (!greeting || greeting->bytes.empty()) return otherwise.empty() ? "it has ended unexpectedly" : otherwise;
    if (static_cast<RunnerGreeting>(greeting->bytes.front()) == RunnerGreeting::ready) return "";
    return errno_text(greeting->bytes.size() > 1 ? greeting->bytes[1] : EIO);
}

/// Why it could not be told; then it reads the end of its orders, and ends.
std::string problem_of_start(const Fd& control, RunnerStart start) {
    PackWriter writer;
    writer(start);
    try {
        send_packet(control, writer.bytes());
    } catch (const Error& error) {
        ::shutdown(control.get(), SHUT_WR);
        return error.full_message();
    }
    return "";
}

/// Nothing where the file cannot be executed; `problem` says why.
std::optional<StartedRunner> start_from(const Fd& program, ProcessSpace processes, std::string& problem) {
    SocketPair control = make_packet_pair();
    std::vector<std::string> variables = environment_of_runner();
    std::vector<char*> environment;
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);
    const Birth birth{program.get(), control.second.get(), processes != ProcessSpace::own, environment.data()};
    ClonedProcess clone = clone_for_steps(flags_of(processes));
    if (clone.pid == 0) become_runner(birth);
    control.second.reset();
    StartedRunner runner;
    runner.control = std::move(control.first);
    runner.process = std::move(clone.handle);
    runner.number = clone.pid;
    const std::string untold = problem_of_start(runner.control, {processes != ProcessSpace::none, modes_are_aside()});
    // Where it has ended already, what it said last says why.
    problem = greeting_problem(runner.control, untold);
    if (!problem.empty()) return std::nullopt;
    return runner;
}

StartedRunner start_runner(ProcessSpace processes) {
    std::string problems;
    for (const ProgramFile& file : program_files()) {
        std::string problem;
        Fd program;
        try {
            program = file.make();
        } catch (const Error& error) {
            problem = error.full_message();
        }
        // Another file helps where this one cannot be executed, but not where namespaces cannot be made.
        if (program)
            if (auto runner = start_from(program, processes, problem)) return *std::move(runner);
        problems += fmt::format("{}{}: {}", problems.empty() ? "" : "; ", file.name, problem);
    }
    throw Error("cannot execute the program that makes the containers: {}", problems);
}

}  // namespace

struct Runner::Process {
    explicit Process(ProcessSpace wanted) noexcept : space(wanted) {}
    const ProcessSpace space;
    Once once;
    StartedRunner runner;
};

Runner::Runner(ProcessSpace processes) : process_(std::make_unique<Process>(processes)) {}

Runner::Runner(Runner&& other) noexcept = default;

Runner Runner::none(std::string reason, std::string hint) {
    Runner runner;
    runner.process_.reset();
    runner.reason_ = std::move(reason);
    runner.hint_ = std::move(hint);
    return runner;
}

Runner::~Runner() = default;

void Runner::require() const {
    if (process_) return;
    if (reason_.empty()) throw Error("there is no process that runs steps");
    throw Error("no command can be run in a container here: {}", reason_).with_hint(hint_);
}

Runner::Process& Runner::started() const {
    require();
    process_->once.run([this] { process_->runner = start_runner(process_->space); });
    return *process_;
}

pid_t Runner::process_number() const {
    return process_ ? started().runner.number : 0;
}

namespace {

/// In namespaces of its own; the exit code is the errno. Only system calls.
[[noreturn]] void try_to_mount_proc() noexcept {
    const int context = static_cast<int>(::syscall(SYS_fsopen, "proc", 0U));
    if (context < 0) ::_exit(errno);
    if (::syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) ::_exit(errno);
    ::_exit(::syscall(SYS_fsmount, context, 0U, 0U) < 0 ? errno : 0);
}

}  // namespace

std::string refusal_of_proc() {
    if (!in_user_namespace()) return "";
    ClonedProcess trial = clone_for_steps(CLONE_NEWNS | CLONE_NEWPID);
    if (trial.pid == 0) try_to_mount_proc();
    siginfo_t status{};
    while (::waitid(P_PIDFD, static_cast<id_t>(trial.handle.get()), &status, WEXITED) != 0)
        if (errno != EINTR) throw SystemError("cannot wait for a process");
    if (status.si_code == CLD_EXITED && status.si_status == 0) return "";
    return fmt::format("cannot mount /proc: {}",
                       status.si_code == CLD_EXITED ? errno_text(status.si_status) : "the trial was ended");
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): what is sent is closed here.
RunningContainer Runner::run(ContainerSpec spec, ContainerStreams streams, std::vector<Fd> mount_sources) const {
    const Fd& control = started().runner.control;
    SocketPair status = make_packet_pair();
    const Fd memory = packed_in_memory(spec);
    std::vector<const Fd*> descriptors = {&memory, &status.second, &streams.input, &streams.output, &streams.errors};
    for (const Fd& source : mount_sources) descriptors.push_back(&source);
    send_packet(control, "R", descriptors);
    return RunningContainer(std::move(status.first));
}

std::optional<ContainerResult> RunningContainer::receive() {
    std::optional<Packet> packet = receive_packet(status_);
    if (!packet || packet->bytes.empty()) throw Error("the process that runs the steps has ended unexpectedly");
    PackReader reader(std::string_view(packet->bytes).substr(1));
    switch (static_cast<StatusMessage>(packet->bytes.front())) {
        case StatusMessage::process:
            if (!packet->descriptors.empty()) process_ = std::move(packet->descriptors.front());
            return std::nullopt;
        case StatusMessage::terminal:
            if (!packet->descriptors.empty()) terminal_ = std::move(packet->descriptors.front());
            return std::nullopt;
        case StatusMessage::sockets:
            if (!packet->descriptors.empty() && on_sockets) on_sockets(std::move(packet->descriptors.front()));
            return std::nullopt;
        case StatusMessage::made_paths:
            reader(result_.made);
            is_set_up_ = true;
            return std::nullopt;
        case StatusMessage::failure: {
            FailureReport failure;
            reader(failure);
            result_.failed_step = failure.step;
            result_.failure = failure.message;
            result_.hint = failure.hint;
            result_.exit_code = failure.exit_code;
            return std::nullopt;
        }
        case StatusMessage::exited: {
            ExitReport report;
            reader(report);
            result_.started = result_.failure.empty();
            if (result_.started) result_.exit_code = report.exit_code;
            result_.signal = report.signal;
            result_.use = report.use;
            result_.memory_kills = report.memory_kills;
            return std::move(result_);
        }
        default:
            throw Error("the process that runs the steps sent an unknown message");
    }
}

void RunningContainer::kill(int signal) {
    PackWriter writer;
    writer(signal);
    send_packet(status_, static_cast<char>(StatusMessage::kill) + writer.bytes());
}

}  // namespace runtime
