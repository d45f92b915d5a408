#include "runtime/container/isolation/monitor.hpp"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

/// The /proc of the monitor, opened before the container makes its own the root: numbers in it are those of its PID
/// namespace, perhaps not those that this process knows.
Fd& process_folder() {
    static Fd folder;
    return folder;
}

/// The parent of a process, from the fourth field of its stat file; the name before it may have any character.
std::string parent_in(const std::string& stat) {
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos || name_end + 4 >= stat.size()) return "";
    const auto start = name_end + 4;
    return stat.substr(start, stat.find(' ', start) - start);
}

std::string own_number() {
    const Fd file = open_at(process_folder(), "self/stat", O_RDONLY);
    const std::string text = read_file(file, "/proc/self/stat");
    return text.substr(0, text.find(' '));
}

/// All descendants of this process, found by their parents.
std::set<std::string> descendants() {
    std::map<std::string, std::string> parents;
    for (const FolderEntry& entry : list_folder(process_folder())) {
        if (entry.name.find_first_not_of("0123456789") != std::string::npos) continue;
        try {
            const Fd file = open_at(process_folder(), entry.name + "/stat", O_RDONLY);
            parents[entry.name] = parent_in(read_file(file, "/proc/PID/stat"));
        } catch (const Error&) {
            continue;  // It has ended meanwhile.
        }
    }
    std::set<std::string> found = {own_number()};
    for (bool grows = true; grows;) {
        grows = false;
        for (const auto& [process, parent] : parents)
            if (found.contains(parent)) grows = found.insert(process).second || grows;
    }
    found.erase(own_number());
    return found;
}

void send_to(const std::string& process, int signal) {
    const Fd folder(::openat(process_folder().get(), process.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // The folder of a process in /proc is as good as a pidfd. pidfd_send_signal(2).
    if (folder) ::syscall(SYS_pidfd_send_signal, folder.get(), signal, nullptr, 0U);
}

bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/// What a process that forks faster than it is ended cannot outrun: everything is stopped first, then ended.
void end_all_once() {
    for (const int signal : {SIGSTOP, SIGKILL})
        for (const std::string& process : descendants()) send_to(process, signal);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;
}

}  // namespace

void end_descendants() noexcept {
    constexpr int most_rounds = 1000;
    try {
        for (int round = 0; round < most_rounds && has_children(); ++round) {
            end_all_once();
            ::usleep(1000);
        }
    } catch (const std::exception&) {
        // Without /proc they cannot be found; the first process was told to end with this one.
    }
}

void become_monitor() {
    ::setsid();
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, end_signal(), 0, 0, 0);
    process_folder() = open_path("/proc", O_RDONLY | O_DIRECTORY);
}

namespace {

/// What stops a program that asked to be traced by its exec looks as if it had sent the signal to itself by kill(2).
bool is_told_of_exec(pid_t child, int signal) noexcept {
    if (signal != SIGTRAP) return false;
    siginfo_t info{};
    if (::ptrace(PTRACE_GETSIGINFO, child, nullptr, &info) != 0 || info.si_code != SI_USER) return false;
    // In a PID namespace of its own it is the first process.
    return info.si_pid == child || info.si_pid == 1;
}

}  // namespace

void let_go_of_tracee(pid_t child, int signal) noexcept {
    // That is no signal of anybody's.
    ::ptrace(PTRACE_DETACH, child, nullptr, static_cast<long>(is_told_of_exec(child, signal) ? 0 : signal));
}

int keep(pid_t child, rusage& usage, bool reaps_others) {
    sigset_t all;
    ::sigfillset(&all);
    for (;;) {
        int status = 0;
        const pid_t ended = ::wait4(reaps_others ? -1 : child, &status, WNOHANG, &usage);
        if (ended > 0 && WIFSTOPPED(status)) {
            let_go_of_tracee(ended, WSTOPSIG(status));
            continue;
        }
        if (ended == child) return status;
        if (ended > 0) continue;
        const int signal = ::sigwaitinfo(&all, nullptr);
        if (signal > 0 && signal != SIGCHLD) ::kill(child, signal == end_signal() ? SIGKILL : signal);
    }
}

void stay_behind_as_monitor(const Fd& report) {
    become_monitor();
    const pid_t monitor = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw SystemError("cannot make a process");
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (::getppid() != monitor) ::_exit(125);
        process_folder().reset();
        return;
    }
    rusage usage{};
    const int status = keep(child, usage);
    end_descendants();
    try {
        write_report(report, make_exit_report(status, usage));
    } catch (const Error&) {
        ::_exit(125);
    }
    ::_exit(0);
}

}  // namespace runtime
