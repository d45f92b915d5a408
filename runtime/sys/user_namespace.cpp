#include "runtime/sys/user_namespace.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/program.hpp"

namespace runtime {
namespace {

struct Mappings {
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
};

std::vector<std::string> map_command(const char* program, pid_t process, const std::vector<IdRange>& ranges) {
    std::vector<std::string> words = {program, std::to_string(process)};
    for (const IdRange& range : ranges)
        for (const std::uint32_t number : {range.inside, range.outside, range.count})
            words.push_back(std::to_string(number));
    return words;
}

/// Root without CAP_SYS_ADMIN mostly still has the rights over IDs, and needs no helpers.
std::string map_directly(pid_t process, const Mappings& mappings) {
    try {
        const std::string folder = fmt::format("/proc/{}/", process);
        write_all(open_path(folder + "uid_map", O_WRONLY), map_text(mappings.users), "uid_map");
        write_all(open_path(folder + "gid_map", O_WRONLY), map_text(mappings.groups), "gid_map");
        return "";
    } catch (const Error& error) {
        return error.full_message();
    }
}

/// Why the maps could not be written by the helpers; empty where they are.
std::string map_by_helpers(pid_t process, const Mappings& mappings) {
    try {
        for (const auto& words :
             {map_command("newuidmap", process, mappings.users), map_command("newgidmap", process, mappings.groups)}) {
            const ProgramResult result = run_program({words});
            if (result.exit_code != 0) return words.front() + ": " + result.complaints;
        }
        return "";
    } catch (const Error& error) {
        return error.full_message();
    }
}

void write_single_maps(pid_t process, uid_t uid, gid_t gid) {
    const std::string folder = fmt::format("/proc/{}/", process);
    const auto write = [&](const char* name, const std::string& text) {
        write_all(open_path(folder + name, O_WRONLY), text, name);
    };
    write("setgroups", "deny");
    write("uid_map", fmt::format("0 {} 1\n", uid));
    write("gid_map", fmt::format("0 {} 1\n", gid));
}

/// The helper outside: it waits for the namespace and writes the maps from there, which this process cannot do once it
/// is inside. Its answer is a sentence, empty where all IDs are mapped.
[[noreturn]] void map_from_outside(pid_t process, Pipe& asked, Pipe& answer, const Mappings& mappings, uid_t uid,
                                   gid_t gid) {
    asked.write_end.reset();
    std::string said;
    try {
        read_file(asked.read_end, "a pipe");
        if (uid == 0)
            said = map_directly(process, mappings);
        else if (mappings.users.size() < 2 || mappings.groups.size() < 2)
            said = "no further IDs are given to the user in /etc/subuid and /etc/subgid";
        else
            said = map_by_helpers(process, mappings);
        if (!said.empty()) write_single_maps(process, uid, gid);
        write_all(answer.write_end, said.empty() ? "." : said, "a pipe");
    } catch (const std::exception& error) {
        ::_exit(1);
    }
    ::_exit(0);
}

std::string user_name(uid_t uid) {
    const passwd* const entry = ::getpwuid(uid);
    return entry == nullptr ? "" : entry->pw_name;
}

}  // namespace

namespace {

Mappings mappings_of(uid_t uid, gid_t gid) {
    const auto text = [](const char* path) { return read_file_if_exists(path).value_or(""); };
    if (uid == 0) return {identity_mapping(text("/proc/self/uid_map")), identity_mapping(text("/proc/self/gid_map"))};
    const std::string name = user_name(uid);
    return {root_mapping(uid, subordinate_ranges(text("/etc/subuid"), name, uid)),
            root_mapping(gid, subordinate_ranges(text("/etc/subgid"), name, uid))};
}

}  // namespace

namespace {

/// A process that does nothing but be in a user namespace, as long as this lives.
class Inhabitant {
public:
    /// `enter` is called in a process whose memory may be that of a program with threads: nothing but system calls.
    template <typename Enter>
    explicit Inhabitant(const Enter& enter) {
        const Pipe entered = make_pipe();
        process_ = ::fork();
        if (process_ < 0) throw SystemError("cannot start a process");
        if (process_ == 0) {
            const int number = enter() == 0 ? 0 : errno;
            if (::write(entered.write_end.get(), &number, sizeof number) == sizeof number) ::pause();
            ::_exit(0);
        }
        int number = EIO;
        if (::read(entered.read_end.get(), &number, sizeof number) == sizeof number && number == 0) return;
        end();
        throw SystemError(SystemError::Number{number}, "no process can be in it");
    }
    ~Inhabitant() { end(); }
    Inhabitant(const Inhabitant&) = delete;
    Inhabitant& operator=(const Inhabitant&) = delete;

    /// Of /proc.
    std::string file(const char* name) const { return fmt::format("/proc/{}/{}", process_, name); }

private:
    void end() noexcept {
        ::kill(process_, SIGKILL);
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    pid_t process_ = -1;
};

std::vector<IdRange> read_mapping(const std::string& path) {
    std::istringstream lines(read_file_if_exists(path).value_or(""));
    std::vector<IdRange> ranges;
    for (IdRange range; lines >> range.inside >> range.outside >> range.count;) ranges.push_back(range);
    return ranges;
}

}  // namespace

UserNamespace make_user_namespace(std::vector<IdRange> users, std::vector<IdRange> groups) {
    try {
        const Inhabitant inhabitant([] { return ::unshare(CLONE_NEWUSER); });
        write_all(open_path(inhabitant.file("uid_map"), O_WRONLY), map_text(users), "uid_map");
        write_all(open_path(inhabitant.file("gid_map"), O_WRONLY), map_text(groups), "gid_map");
        return {open_path(inhabitant.file("ns/user"), O_RDONLY), std::move(users), std::move(groups)};
    } catch (const Error& error) {
        throw Error("a user namespace with the IDs {} could not be made: {}", quoted(map_text(users)),
                    error.full_message())
            .with_hint("the IDs must be free to give: root has all, others those of /etc/subuid and /etc/subgid");
    }
}

const UserNamespace& identity_namespace() {
    static const UserNamespace made = make_user_namespace(identity_mapping(read_file("/proc/self/uid_map")),
                                                          identity_mapping(read_file("/proc/self/gid_map")));
    return made;
}

UserNamespace describe_user_namespace(Fd handle) {
    try {
        const Inhabitant inhabitant([&] { return ::setns(handle.get(), CLONE_NEWUSER); });
        return {std::move(handle), read_mapping(inhabitant.file("uid_map")), read_mapping(inhabitant.file("gid_map"))};
    } catch (Error& error) {
        error.add_context("cannot enter the user namespace");
        throw;
    }
}

void enter_user_namespace(std::string& notice) {
    const uid_t uid = ::geteuid();
    const gid_t gid = ::getegid();
    const Mappings mappings = mappings_of(uid, gid);
    Pipe asked = make_pipe();
    Pipe answer = make_pipe();
    const pid_t inner = ::getpid();
    const pid_t helper = ::fork();
    if (helper < 0) throw SystemError("cannot start a process");
    if (helper == 0) map_from_outside(inner, asked, answer, mappings, uid, gid);
    answer.write_end.reset();
    const bool entered = ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    const int number = errno;
    asked.write_end.reset();
    const std::string said = read_file(answer.read_end, "a pipe");
    ::waitpid(helper, nullptr, 0);
    if (!entered)
        throw SystemError(SystemError::Number{number}, "cannot make a user namespace")
            .with_hint(
                "allow them: sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 where there "
                "is "
                "one, and in a container a seccomp profile that lets unshare and mount pass; or run as root");
    if (said.empty()) throw Error("the IDs of the user namespace could not be mapped");
    if (said != ".") notice = said;
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        throw SystemError("cannot become root of the namespace");
}

}  // namespace runtime
