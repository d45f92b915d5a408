// The last step: this process becomes the container's command.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/exec_hint.hpp"
#include "runtime/container/isolation/setup_steps.hpp"

namespace runtime {
namespace {

std::string search_path(const std::vector<std::string>& environment) {
    for (const std::string& variable : environment)
        if (variable.starts_with("PATH=")) return variable.substr(5);
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/// The program's path: the name itself where it has a slash, else the first executable of that name in PATH.
std::string find_program(const ContainerSpec& spec) {
    const std::string& name = spec.arguments.at(0);
    if (name.find('/') != std::string::npos) return name;
    const std::string path = search_path(spec.environment);
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find(':', start), path.size());
        const std::string candidate = (end == start ? "." : path.substr(start, end - start)) + "/" + name;
        struct stat status {};
        if (::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0)
            return candidate;
        start = end + 1;
    }
    Error error("{}: no such program in the container (PATH is {})", quoted(name), quoted(path));
    error.with_exit_code(127);
    throw error;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

/// Empty where it cannot be read.
std::string beginning_of(const std::string& program) {
    std::string text(256, '\0');
    const Fd file(::open(program.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : 0;
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return text;
}

std::string machine() {
    utsname names{};
    return ::uname(&names) == 0 ? names.machine : "";
}

[[noreturn]] void throw_exec_error(const ContainerSpec& spec, const std::string& program, int number) {
    const bool missing = number == ENOENT || number == ENOTDIR;
    const bool exists = ::access(program.c_str(), F_OK) == 0;
    SystemError error(SystemError::Number{number}, "cannot execute {} in the container", quoted(program));
    error.with_exit_code(missing ? 127 : 126);
    if (exists && (number == ENOENT || number == ENOEXEC))
        error.with_hint(hint_for_refused_program(beginning_of(program), number, machine()));
    else if (missing && program == "/bin/sh")
        error.with_hint("the image has no shell; use the exec form, RUN [\"/program\", \"argument\"]");
    else if (number == EACCES && !spec.process_label.empty())
        error.with_hint(fmt::format(
            "SELinux may refuse the label {}: the kernel's log says it, and --security-opt label=disable does without",
            spec.process_label));
    else if (number == EACCES && !spec.apparmor_profile.empty())
        error.with_hint(
            fmt::format("the AppArmor profile {} may refuse it: the kernel's log says it", spec.apparmor_profile));
    throw error;
}

/// Through a magic link of /proc the program of this process, or what it has open, would be executed (CVE-2019-5736,
/// CVE-2024-21626).
void refuse_magic_links(const std::string& program) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    const Fd file(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, program.c_str(), &how, sizeof how)));
    if (file || errno != ELOOP) return;
    throw SystemError(SystemError::Number{ELOOP}, "cannot execute {} in the container", quoted(program))
        .with_exit_code(126)
        .with_hint("a program is found by its own path, not through links of /proc such as /proc/self/exe");
}

}  // namespace

void execute_command(const ContainerSpec& spec) {
    const std::string program = find_program(spec);
    refuse_magic_links(program);
    const std::vector<char*> arguments = pointers(spec.arguments);
    const std::vector<char*> environment = pointers(spec.environment);
    ::execve(program.c_str(), arguments.data(), environment.data());
    throw_exec_error(spec, program, errno);
}

}  // namespace runtime
