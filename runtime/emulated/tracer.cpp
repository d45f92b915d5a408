#include "runtime/emulated/tracer.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/emulated/executed_file.hpp"
#include "runtime/emulated/program_image.hpp"
#include "runtime/emulated/tracee.hpp"
#include "runtime/sys/file.hpp"

namespace runtime::emulated {
namespace {

constexpr unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP;

/// The process of a thread, as the kernel has it.
pid_t process_of(pid_t thread) {
    const std::string text = read_file_if_exists(fmt::format("/proc/{}/status", thread)).value_or("");
    const auto line = text.find("\nTgid:");
    return line == std::string::npos ? thread : static_cast<pid_t>(std::atoi(text.c_str() + line + 6));
}

/// The path that the kernel finds a file of this process by. Slashes make it as long as the path that the program was
/// called by, which takes its place later.
std::string path_for_kernel(const Fd& file, std::size_t least_length) {
    const std::string end = fmt::format("{}/fd/{}", ::getpid(), file.get());
    constexpr std::string_view start = "/proc/";
    const std::size_t length = start.size() + end.size();
    std::string path(start);
    if (length < least_length && least_length < 4000) path.append(least_length - length, '/');
    return path + end;
}

}  // namespace

Tracer::Tracer(Emulation& container, std::function<int(pid_t)> wait_for)
    : container_(container), wait_for_(std::move(wait_for)) {}

void Tracer::seize(pid_t process) {
    if (::ptrace(PTRACE_SEIZE, process, nullptr, options) != 0) {
        SystemError error("cannot trace the processes of a container");
        error.with_hint("allow ptrace in the seccomp profile, and set kernel.yama.ptrace_scope to 0 or 1");
        throw error;
    }
}

void Tracer::go_on(pid_t thread, int signal) const {
    const auto request = pending_.contains(thread) ? PTRACE_SYSCALL : PTRACE_CONT;
    ::ptrace(request, thread, nullptr, signal);
}

/// The new thread stops before it does anything; which of the two stops is told first is not certain.
void Tracer::take_new(pid_t maker, pid_t thread, bool may_be_thread) {
    container_.processes.add(maker, thread, may_be_thread ? process_of(thread) : thread);
    if (not_yet_known_.erase(thread) > 0) go_on(thread, 0);
}

void Tracer::handle(pid_t thread, int status) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        container_.processes.remove(thread);
        pending_.erase(thread);
        not_yet_known_.erase(thread);
        return;
    }
    if (!WIFSTOPPED(status)) return;
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    unsigned long message = 0;
    if (event != 0) ::ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message);
    switch (event) {
        case 0:
            if (signal != (SIGTRAP | 0x80)) return go_on(thread, signal);
            end_failed_exec(thread);
            return go_on(thread, 0);
        case PTRACE_EVENT_FORK:
        case PTRACE_EVENT_VFORK:
        case PTRACE_EVENT_CLONE:
            take_new(thread, static_cast<pid_t>(message), event == PTRACE_EVENT_CLONE);
            return go_on(thread, 0);
        case PTRACE_EVENT_SECCOMP:
            begin_exec(thread);
            return go_on(thread, 0);
        case PTRACE_EVENT_EXEC:
            return finish_exec(thread, static_cast<pid_t>(message));
        case PTRACE_EVENT_STOP:
            if (!container_.processes.knows(thread)) {
                not_yet_known_.insert(thread);
                return;
            }
            // A stop of the whole process, by a signal, is one: it lasts until SIGCONT.
            if (signal != SIGTRAP) {
                ::ptrace(PTRACE_LISTEN, thread, nullptr, 0);
                return;
            }
            return go_on(thread, 0);
        default:
            return go_on(thread, 0);
    }
}

void Tracer::begin_exec(pid_t thread) {
    const Tracee tracee(thread);
    try {
        const Process& process = container_.processes.of(thread);
        const ExecRegisters given = tracee.exec_registers();
        const std::string path = tracee.memory().read_text(given.path);
        ExecPlan plan = plan_exec(container_.paths, {thread, &process, given.folder, path, given.flags});
        std::vector<std::uint64_t> registers = tracee.save();
        std::optional<std::vector<std::string>> arguments;
        if (!plan.first_arguments.empty()) arguments = plan.first_arguments;
        tracee.change_exec(path_for_kernel(plan.kernel_file, plan.called.size()), arguments);
        pending_.insert_or_assign(thread, Pending{std::move(plan), std::move(registers)});
    } catch (const Refusal& refusal) {
        try {
            tracee.refuse(refusal.number);
        } catch (const Refusal&) {
            // It has been ended meanwhile.
        }
    }
}

void Tracer::end_failed_exec(pid_t thread) {
    const auto pending = pending_.extract(thread);
    if (pending.empty()) return;
    try {
        Tracee(thread).restore_after_call(pending.mapped().registers);
    } catch (const Refusal&) {
        // It has been ended meanwhile.
    }
}

/// Who runs such a file becomes its owner, as far as anybody can become somebody here.
void Tracer::become_owner_of(Process& process, const ExecPlan& plan) const {
    if (plan.sets_user) process.ids.users[1] = plan.user;
    if (plan.sets_group) process.ids.groups[1] = plan.group;
    process.ids.users[2] = process.ids.users[1];
    process.ids.groups[2] = process.ids.groups[1];
}

void Tracer::finish_exec(pid_t thread, pid_t former) {
    auto pending = pending_.extract(former);
    container_.processes.replace(former, thread);
    // Another thread may have changed the path on its way into the kernel, or the file: then nothing of it is run.
    if (pending.empty() || !runs_only(thread, pending.mapped().plan.kernel_file)) {
        ::kill(thread, SIGKILL);
        return go_on(thread, 0);
    }
    ExecPlan& plan = pending.mapped().plan;
    try {
        Process& process = container_.processes.of(thread);
        process.program = plan.path;
        process.program_file = std::make_shared<const Fd>(std::move(plan.file));
        become_owner_of(process, plan);
        load(thread, plan);
    } catch (const Refusal&) {
        ::kill(thread, SIGKILL);
    }
    go_on(thread, 0);
}

void Tracer::load(pid_t thread, const ExecPlan& plan) {
    FreshProgram fresh(thread);
    const FakedIds& ids = container_.processes.of(thread).ids;
    fresh.set(AT_UID, ids.users[0]);
    fresh.set(AT_EUID, ids.users[1]);
    fresh.set(AT_GID, ids.groups[0]);
    fresh.set(AT_EGID, ids.groups[1]);
    fresh.set(AT_SECURE, ids.users[0] != ids.users[1] || ids.groups[0] != ids.groups[1] ? 1 : 0);
    fresh.set_called(plan.called);
    ProgramImage image(plan, fresh);
    Injection injection(thread);
    if (plan.loaded) opening_[thread].file = &plan.loaded_file;
    const auto results = injection.run(image.calls(), [&] {
        // The file's number is known when it has been opened, and belongs into the calls after that.
        for (const auto& [call, argument] : image.places_of_file())
            opening_[thread].addresses.push_back(injection.argument_address(call, argument));
        run_until_trap(thread);
    });
    opening_.erase(thread);
    image.finish(results, fresh, Memory(thread));
    fresh.write();
}

/// Signals that come before the program has begun wait until it has.
void Tracer::run_until_trap(pid_t thread) {
    std::vector<int> late;
    for (;;) {
        ::ptrace(PTRACE_CONT, thread, nullptr, 0);
        const int status = wait_for_(thread);
        if (!WIFSTOPPED(status)) {
            handle(thread, status);
            throw Refusal{ESRCH};
        }
        if (status >> 16 != 0) continue;
        if (WSTOPSIG(status) == SIGTRAP) break;
        late.push_back(WSTOPSIG(status));
    }
    for (const int signal : late) ::syscall(SYS_tgkill, thread, thread, signal);
}

const Fd* Tracer::file_to_open(pid_t thread) const {
    const auto found = opening_.find(thread);
    return found == opening_.end() ? nullptr : found->second.file;
}

void Tracer::note_opened(pid_t thread, int descriptor) const {
    const auto found = opening_.find(thread);
    if (found == opening_.end()) return;
    const auto value = static_cast<std::uint64_t>(descriptor);
    for (const std::uint64_t address : found->second.addresses) Memory(thread).write(address, &value, sizeof value);
}

}  // namespace runtime::emulated
