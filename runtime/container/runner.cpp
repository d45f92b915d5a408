#include "runtime/container/runner.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/runner_process.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {
namespace {

/// The spec goes as a memory file, because a packet is limited and a command line may be long.
Fd packed_in_memory(ContainerSpec& spec) {
    Fd memory(::memfd_create("container-spec", MFD_CLOEXEC));
    if (!memory) throw SystemError("cannot make a memory file");
    Packer packer;
    packer(spec);
    write_all(memory, packer.bytes(), "a memory file");
    return memory;
}

std::uint64_t flags_of(ProcessSpace processes) {
    if (processes == ProcessSpace::none) return 0;
    return processes == ProcessSpace::own ? CLONE_NEWNS | CLONE_NEWPID : CLONE_NEWNS;
}

[[noreturn]] void be_the_runner(const Fd& control, ProcessSpace processes) {
    // Without a PID namespace, whose first process is spared, the keys of the terminal would end it.
    if (processes != ProcessSpace::own) ::setsid();
    ::prctl(PR_SET_NAME, "builder-runner");
    ::_exit(serve_containers(control, processes != ProcessSpace::none));
}

}  // namespace

Runner Runner::start(ProcessSpace processes) {
    SocketPair control = make_packet_pair();
    ClonedProcess runner;
    try {
        runner = clone_process(flags_of(processes));
    } catch (SystemError& error) {
        error.add_context("cannot make the namespaces that steps run in");
        error.with_hint(
            "run as root; inside another container it needs CAP_SYS_ADMIN and a seccomp profile that allows clone");
        throw;
    }
    if (runner.pid == 0) {
        control.first.reset();
        be_the_runner(control.second, processes);
    }
    Runner started(std::move(control.first), std::move(runner.handle), runner.pid);
    if (processes != ProcessSpace::none && in_user_namespace()) started.ask_about_proc();
    return started;
}

/// The runner says it by itself. Only inside a user namespace can a mount of /proc be refused where others are not:
/// mount_too_revealing() of the kernel.
void Runner::ask_about_proc() {
    const auto answer = receive_packet(control_);
    if (!answer || answer->bytes.empty()) throw Error("the process that runs the steps has ended unexpectedly");
    refusal_of_proc_ = answer->bytes.substr(1);
}

void Runner::require() const {
    if (process_) return;
    if (reason_.empty()) throw Error("there is no process that runs steps");
    throw Error("no command can be run in a container here: {}", reason_).with_hint(hint_);
}

Runner Runner::none(std::string reason, std::string hint) {
    Runner runner{Fd(), Fd(), 0};
    runner.reason_ = std::move(reason);
    runner.hint_ = std::move(hint);
    return runner;
}

Runner::~Runner() {
    if (!process_) return;
    control_.reset();
    siginfo_t status{};
    while (::waitid(P_PIDFD, static_cast<id_t>(process_.get()), &status, WEXITED) != 0 && errno == EINTR) {
    }
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): what is sent is closed here.
RunningContainer Runner::run(ContainerSpec spec, ContainerStreams streams, std::vector<Fd> mount_sources) const {
    require();
    SocketPair status = make_packet_pair();
    const Fd memory = packed_in_memory(spec);
    std::vector<const Fd*> descriptors = {&memory, &status.second, &streams.input, &streams.output, &streams.errors};
    for (const Fd& source : mount_sources) descriptors.push_back(&source);
    send_packet(control_, "R", descriptors);
    return RunningContainer(std::move(status.first));
}

std::optional<ContainerResult> RunningContainer::receive() {
    std::optional<Packet> packet = receive_packet(status_);
    if (!packet || packet->bytes.empty()) throw Error("the process that runs the steps has ended unexpectedly");
    Unpacker unpacker(std::string_view(packet->bytes).substr(1));
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
            unpacker(result_.made);
            is_set_up_ = true;
            return std::nullopt;
        case StatusMessage::failure: {
            FailureReport failure;
            unpacker(failure);
            result_.failed_step = failure.step;
            result_.failure = failure.message;
            result_.hint = failure.hint;
            result_.exit_code = failure.exit_code;
            return std::nullopt;
        }
        case StatusMessage::exited: {
            ExitReport report;
            unpacker(report);
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
    Packer packer;
    packer(signal);
    send_packet(status_, static_cast<char>(StatusMessage::kill) + packer.bytes());
}

}  // namespace runtime
