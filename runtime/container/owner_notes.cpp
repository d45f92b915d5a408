#include "runtime/container/owner_notes.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {
namespace {

/// Calls that mean nothing to a namespace with one ID.
constexpr std::array faked_calls = {"setuid",    "setgid",    "setreuid", "setregid", "setresuid",
                                    "setresgid", "setgroups", "setfsuid", "setfsgid"};
/// Who gives a file away, and who asks for its owner. The latter are answered here only where there is a note.
constexpr std::array noted_calls = {"chown", "lchown", "fchown",     "fchownat", "stat",
                                    "lstat", "fstat",  "newfstatat", "statx"};

std::vector<sock_filter> make_program() {
    const std::unique_ptr<void, decltype(&::seccomp_release)> context(::seccomp_init(SCMP_ACT_ALLOW),
                                                                      &::seccomp_release);
    const auto add = [&](const char* name, std::uint32_t action) {
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number >= 0 && ::seccomp_rule_add_array(context.get(), action, number, 0, nullptr) < 0)
            throw Error("cannot make a filter for {}", name);
    };
    for (const char* name : faked_calls) add(name, SCMP_ACT_ERRNO(0));
    for (const char* name : noted_calls) add(name, SCMP_ACT_NOTIFY);
    const Fd memory(::memfd_create("filter", MFD_CLOEXEC));
    if (!memory || ::seccomp_export_bpf(context.get(), memory.get()) < 0) throw Error("cannot make a filter");
    ::lseek(memory.get(), 0, SEEK_SET);
    const std::string bytes = read_file(memory, "a filter");
    std::vector<sock_filter> program(bytes.size() / sizeof(sock_filter));
    std::memcpy(program.data(), bytes.data(), program.size() * sizeof(sock_filter));
    return program;
}

/// A call as the kernel describes it, in one form for all of its family.
struct Call {
    enum class Kind { change, status, extended_status };
    Kind kind = Kind::change;
    int folder = AT_FDCWD;  ///< of the process
    std::string path;
    bool follows = true;
    uid_t uid = 0;  ///< change
    gid_t gid = 0;
    std::uint64_t result = 0;  ///< where the process wants the status
    unsigned mask = 0;         ///< extended status: what is asked for
};

class OwnerNotes {
public:
    explicit OwnerNotes(Fd listener)
        : listener_(std::move(listener)),
          processes_(FilesystemContext("proc").mount(0)),
          own_root_(open_path("/", O_PATH | O_DIRECTORY)) {}

    void serve() {
        for (;;) {
            pollfd polled{listener_.get(), POLLIN, 0};
            if (::poll(&polled, 1, -1) < 0 && errno != EINTR) return;
            if ((polled.revents & POLLIN) != 0)
                answer();
            else if ((polled.revents & (POLLHUP | POLLERR)) != 0)
                return;
        }
    }

private:
    void answer() {
        seccomp_notif request{};
        if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
        seccomp_notif_resp response{};
        response.id = request.id;
        try {
            perform(request, response);
        } catch (const SystemError& error) {
            response.error = -error.number();
        } catch (const std::exception&) {
            response.error = -EIO;
        }
        ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
    }

    void perform(const seccomp_notif& request, seccomp_notif_resp& response) {
        const std::string process = std::to_string(request.pid);
        const Call call = describe(request, process);
        const auto [folder, name] = find(call, process);
        if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &request.id) != 0) return;
        struct stat status {};
        if (::fstatat(folder.get(), name.c_str(), &status, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0)
            throw SystemError("cannot read a status");
        name.empty() ? look_up_owner(folder, status) : look_up_owner_at(folder, name, status);
        if (call.kind == Call::Kind::change) return change(call, status, folder, name);
        // The answer is no ground for a decision about rights, so that nobody gains by a change of the path meanwhile.
        if (status.st_uid == 0 && status.st_gid == 0)
            response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        else
            give_status(call, status, folder, name, process);
    }

    /// Where nothing can be noted, as in /proc, nobody looks for owners; so it is no error.
    static void change(const Call& call, const struct stat& status, const Fd& folder, const std::string& name) {
        const uid_t uid = call.uid == static_cast<uid_t>(-1) ? status.st_uid : call.uid;
        const gid_t gid = call.gid == static_cast<gid_t>(-1) ? status.st_gid : call.gid;
        name.empty() ? set_owner(folder, uid, gid) : set_owner_at(folder, name, uid, gid);
    }

    void give_status(const Call& call, const struct stat& status, const Fd& folder, const std::string& name,
                     const std::string& process) const {
        const Fd memory = open_at(processes_, process + "/mem", O_WRONLY);
        const auto give = [&](const void* bytes, std::size_t size) {
            if (::pwrite(memory.get(), bytes, size, static_cast<off_t>(call.result)) != static_cast<ssize_t>(size))
                throw SystemError(SystemError::Number{EFAULT}, "cannot give a status");
        };
        if (call.kind == Call::Kind::status) return give(&status, sizeof status);
        struct statx extended {};
        if (::statx(folder.get(), name.c_str(), AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, call.mask, &extended) != 0)
            throw SystemError("cannot read a status");
        extended.stx_uid = status.st_uid;
        extended.stx_gid = status.st_gid;
        give(&extended, sizeof extended);
    }

    Call describe(const seccomp_notif& request, const std::string& process) const {
        const auto& given = request.data.args;
        const auto id = [&](std::size_t index) { return static_cast<uid_t>(given[index]); };
        const auto text = [&](std::size_t index) { return given[index] == 0 ? "" : read_text(process, given[index]); };
        const auto follows = [&](std::size_t index) { return (given[index] & AT_SYMLINK_NOFOLLOW) == 0; };
        const auto folder = static_cast<int>(given[0]);
        using Kind = Call::Kind;
        switch (request.data.nr) {
            case SYS_fchown:
                return {Kind::change, folder, "", true, id(1), id(2)};
            case SYS_fchownat:
                return {Kind::change, folder, text(1), follows(4), id(2), id(3)};
            case SYS_fstat:
                return {Kind::status, folder, "", true, 0, 0, given[1]};
            case SYS_newfstatat:
                return {Kind::status, folder, text(1), follows(3), 0, 0, given[2]};
            case SYS_statx:
                return {Kind::extended_status,          folder, text(1), follows(2), 0, 0, given[4],
                        static_cast<unsigned>(given[3])};
#ifdef SYS_chown
            case SYS_chown:
            case SYS_lchown:
                return {Kind::change, AT_FDCWD, text(0), request.data.nr == SYS_chown, id(1), id(2)};
            case SYS_stat:
            case SYS_lstat:
                return {Kind::status, AT_FDCWD, text(0), request.data.nr == SYS_stat, 0, 0, given[1]};
#endif
            default:
                throw SystemError(SystemError::Number{ENOSYS}, "an unknown call");
        }
    }

    std::string read_text(const std::string& process, std::uint64_t address) const {
        const Fd memory = open_at(processes_, process + "/mem", O_RDONLY);
        std::array<char, 4096> buffer{};
        // A text may end right before memory that is not there.
        const std::size_t left_on_page = 4096 - address % 4096;
        ssize_t count = ::pread(memory.get(), buffer.data(), left_on_page, static_cast<off_t>(address));
        if (count < 0) throw SystemError("cannot read a path");
        auto size = static_cast<std::size_t>(count);
        if (std::memchr(buffer.data(), 0, size) == nullptr && size < buffer.size()) {
            count =
                ::pread(memory.get(), buffer.data() + size, buffer.size() - size, static_cast<off_t>(address + size));
            size += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        const void* const end = std::memchr(buffer.data(), 0, size);
        if (end == nullptr) throw SystemError(SystemError::Number{ENAMETOOLONG}, "cannot read a path");
        return buffer.data();
    }

    /// "self" would be this process: the path with the number that the container knows the process by, the last of its
    /// line NSpid. proc(5).
    std::string without_self(const std::string& path, const std::string& process) const {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> places = {{{"/proc/self/", ""},
                                                                                          {"/proc/thread-self/", ""},
                                                                                          {"/dev/fd/", "fd/"},
                                                                                          {"/dev/stdin", "fd/0"},
                                                                                          {"/dev/stdout", "fd/1"},
                                                                                          {"/dev/stderr", "fd/2"}}};
        for (const auto& [prefix, below] : places) {
            if (!path.starts_with(prefix)) continue;
            const std::string status = read_file(open_at(processes_, process + "/status", O_RDONLY), "status");
            const auto line = status.find("NSpid:");
            const std::string numbers = status.substr(line, status.find('\n', line) - line);
            const std::string number = numbers.substr(numbers.find_last_of(" \t") + 1);
            return fmt::format("/proc/{}/{}{}", number, below, path.substr(prefix.size()));
        }
        return path;
    }

    struct Place {
        Fd folder;         ///< or the file itself
        std::string name;  ///< in the folder; empty for the file itself
    };

    /// Looks the path up as the process would: from its root and its folder.
    Place find(const Call& call, const std::string& process) const {
        const std::string start =
            call.folder == AT_FDCWD ? process + "/cwd" : fmt::format("{}/fd/{}", process, call.folder);
        Fd base = open_at(processes_, start, O_PATH);
        if (call.path.empty()) return {std::move(base), ""};
        const Fd root = open_at(processes_, process + "/root", O_PATH | O_DIRECTORY);
        const std::string path = without_self(call.path, process);
        const InsideRoot inside(root, base, own_root_);
        if (call.follows) return {open_path(path, O_PATH), ""};
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
        if (name.empty()) return {open_path(path, O_PATH), ""};
        return {open_path(folder, O_PATH | O_DIRECTORY), name};
    }

    /// While it lives, this process has the root and the folder of another one.
    class InsideRoot {
    public:
        InsideRoot(const Fd& root, const Fd& folder, const Fd& own_root) : own_root_(own_root) {
            if (::fchdir(root.get()) != 0 || ::chroot(".") != 0) throw SystemError("cannot enter a root");
            if (::fchdir(folder.get()) != 0 && errno != ENOTDIR) throw SystemError("cannot enter a folder");
        }
        ~InsideRoot() {
            if (::fchdir(own_root_.get()) != 0 || ::chroot(".") != 0) ::_exit(125);
        }
        InsideRoot(const InsideRoot&) = delete;
        InsideRoot& operator=(const InsideRoot&) = delete;

    private:
        const Fd& own_root_;
    };

    Fd listener_;
    Fd processes_;  ///< /proc of the PID namespace that the numbers are of
    Fd own_root_;
};

}  // namespace

Fd divert_owner_changes() {
    std::vector<sock_filter> program = make_program();
    sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    Fd listener(
        static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter)));
    if (!listener) throw SystemError("cannot install the filter for changes of owners");
    return listener;
}

void note_owner_changes(const Fd& socket) noexcept {
    try {
        auto packet = receive_packet(socket);
        if (!packet || packet->descriptors.empty()) ::_exit(0);  // The container could not be started.
        keep_owners_aside(true);
        OwnerNotes(std::move(packet->descriptors.front())).serve();
        ::_exit(0);
    } catch (const std::exception& error) {
        const std::string text = std::string("builder: noting owners: ") + error.what() + "\n";
        [[maybe_unused]] const ssize_t written = ::write(2, text.data(), text.size());
        ::_exit(125);
    }
}

}  // namespace runtime
