#include "runtime/container/isolation/owner_records.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/isolation/faked_ids.hpp"
#include "runtime/container/isolation/foreign_path.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/seccomp_listener.hpp"

namespace runtime {
namespace {

/// Who gives a file away, and who asks for its owner. The latter are answered here only where there is a note.
constexpr std::array noted_calls = {"chown", "lchown", "fchown",     "fchownat", "stat",
                                    "lstat", "fstat",  "newfstatat", "statx"};

std::vector<sock_filter> make_program() {
    const std::unique_ptr<void, decltype(&::seccomp_release)> context(::seccomp_init(SCMP_ACT_ALLOW),
                                                                      &::seccomp_release);
    // A program of 32 bits runs as it would without the filter: libseccomp would end it.
    if (!context || ::seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW) < 0)
        throw Error("cannot make a filter");
    const auto add = [&](const char* name, std::uint32_t action) {
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number >= 0 && ::seccomp_rule_add_array(context.get(), action, number, 0, nullptr) < 0)
            throw Error("cannot make a filter for {}", name);
    };
    for (const char* name : identity_calls()) add(name, SCMP_ACT_NOTIFY);
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
    int folder = AT_FDCWD;            ///< of the process
    std::optional<std::string> path;  ///< nothing for the descriptor itself
    bool follows = true;
    uid_t uid = 0;  ///< change
    gid_t gid = 0;
    std::uint64_t result = 0;  ///< where the process wants the status
    unsigned mask = 0;         ///< extended status: what is asked for
};

bool is_change(int number) {
    switch (number) {
#ifdef SYS_chown
        case SYS_chown:
        case SYS_lchown:
#endif
        case SYS_fchown:
        case SYS_fchownat:
            return true;
        default:
            return false;
    }
}

std::string read_text(const Fd& process, std::uint64_t address) {
    const Fd memory = open_at(process, "mem", O_RDONLY);
    std::array<char, 4096> buffer{};
    // A text may end right before memory that is not there.
    const std::size_t left_on_page = 4096 - address % 4096;
    ssize_t count = ::pread(memory.get(), buffer.data(), left_on_page, static_cast<off_t>(address));
    if (count < 0) throw SystemError(SystemError::Number{EFAULT}, "cannot read a path");
    auto size = static_cast<std::size_t>(count);
    if (std::memchr(buffer.data(), 0, size) == nullptr && size < buffer.size()) {
        count = ::pread(memory.get(), buffer.data() + size, buffer.size() - size, static_cast<off_t>(address + size));
        if (count < 0) throw SystemError(SystemError::Number{EFAULT}, "cannot read a path");
        size += static_cast<std::size_t>(count);
    }
    const void* const end = std::memchr(buffer.data(), 0, size);
    if (end == nullptr) throw SystemError(SystemError::Number{ENAMETOOLONG}, "cannot read a path");
    return buffer.data();
}

/// A path, which may be left out only where a flag says that the descriptor itself is meant.
std::optional<std::string> read_path(const Fd& process, std::uint64_t address, std::uint64_t flags) {
    const bool may_lack = (flags & AT_EMPTY_PATH) != 0;
    if (may_lack && address == 0) return std::nullopt;
    std::string path = read_text(process, address);
    if (!path.empty()) return path;
    if (may_lack) return std::nullopt;
    throw SystemError(SystemError::Number{ENOENT}, "an empty path");
}

Call describe(const seccomp_data& data, const Fd& process) {
    const auto& given = data.args;
    const auto id = [&](std::size_t index) { return static_cast<uid_t>(given[index]); };
    const auto path = [&](std::size_t index, std::uint64_t flags) { return read_path(process, given[index], flags); };
    const auto follows = [&](std::size_t index) { return (given[index] & AT_SYMLINK_NOFOLLOW) == 0; };
    const auto folder = static_cast<int>(given[0]);
    using Kind = Call::Kind;
    switch (data.nr) {
        case SYS_fchown:
            if (folder < 0) throw SystemError(SystemError::Number{EBADF}, "no descriptor");
            return {Kind::change, folder, std::nullopt, true, id(1), id(2)};
        case SYS_fchownat:
            return {Kind::change, folder, path(1, given[4]), follows(4), id(2), id(3)};
        case SYS_fstat:
            return {Kind::status, folder, std::nullopt, true, 0, 0, given[1]};
        case SYS_newfstatat:
            return {Kind::status, folder, path(1, given[3]), follows(3), 0, 0, given[2]};
        case SYS_statx:
            return {Kind::extended_status,          folder, path(1, given[2]), follows(2), 0, 0, given[4],
                    static_cast<unsigned>(given[3])};
#ifdef SYS_chown
        case SYS_chown:
        case SYS_lchown:
            return {Kind::change, AT_FDCWD, path(0, 0), data.nr == SYS_chown, id(1), id(2)};
        case SYS_stat:
        case SYS_lstat:
            return {Kind::status, AT_FDCWD, path(0, 0), data.nr == SYS_stat, 0, 0, given[1]};
#endif
        default:
            throw SystemError(SystemError::Number{ENOSYS}, "an unknown call");
    }
}

ForeignPlace find(const Call& call, const Fd& process, const Fd& own_root) {
    if (!call.path) return {open_foreign_descriptor(process, call.folder), ""};
    return find_foreign_path(process, call.folder, *call.path, call.follows, own_root);
}

/// Where nothing can be noted, as in /proc, nobody looks for owners; so it is no error.
void change(const Call& call, const struct stat& status, const ForeignPlace& place) {
    const uid_t uid = call.uid == static_cast<uid_t>(-1) ? status.st_uid : call.uid;
    const gid_t gid = call.gid == static_cast<gid_t>(-1) ? status.st_gid : call.gid;
    place.name.empty() ? set_owner(place.folder, uid, gid) : set_owner_at(place.folder, place.name, uid, gid);
}

void give_status(const Call& call, const struct stat& status, const ForeignPlace& place, const Fd& process) {
    const Fd memory = open_at(process, "mem", O_WRONLY);
    const auto give = [&](const void* bytes, std::size_t size) {
        if (::pwrite(memory.get(), bytes, size, static_cast<off_t>(call.result)) != static_cast<ssize_t>(size))
            throw SystemError(SystemError::Number{EFAULT}, "cannot give a status");
    };
    if (call.kind == Call::Kind::status) return give(&status, sizeof status);
    struct statx extended {};
    constexpr int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
    if (::statx(place.folder.get(), place.name.c_str(), flags, call.mask, &extended) != 0)
        throw SystemError("cannot read a status");
    extended.stx_uid = status.st_uid;
    extended.stx_gid = status.st_gid;
    extended.stx_mode = static_cast<__u16>(status.st_mode);
    give(&extended, sizeof extended);
}

/// /proc of the PID namespace that the numbers of processes are of: this one's. Where no other can be mounted, the
/// container shares the host's.
Fd open_processes() {
    try {
        return FilesystemContext("proc").mount(0);
    } catch (const SystemError&) {
        return open_path("/proc", O_PATH | O_DIRECTORY);
    }
}

/// The value of a line of /proc/PID/status. proc(5).
std::string status_value(const std::string& status, const std::string& name) {
    const auto line = status.find("\n" + name + ":");
    if (line == std::string::npos) return "";
    const auto start = status.find_first_not_of(" \t", line + name.size() + 2);
    return status.substr(start, status.find('\n', start) - start);
}

/// The process of a thread. Its start is the 22nd field of its stat file; the name before may have any character.
KnownProcess find_process(const Fd& processes, const std::string& thread) {
    const std::string status = read_file(open_at(processes, thread + "/status", O_RDONLY), "status");
    KnownProcess process{status_value(status, "Tgid"), "", status_value(status, "PPid")};
    const std::string stat = read_file(open_at(processes, process.number + "/stat", O_RDONLY), "stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    for (int number = 3; number <= 22; ++number) fields >> process.start;
    return process;
}

/// `require_waiting` throws where the one who asked does not wait any more: a number may be another process's by then,
/// the memory that was opened before is not.
FakedIdentities::Access access_by(const Fd& processes, const std::function<void()>& require_waiting) {
    const auto move_bytes = [&processes, require_waiting](const std::string& process, int flags, const auto& call) {
        const Fd memory = open_at(processes, process + "/mem", flags);
        require_waiting();
        if (!call(memory)) throw SystemError(SystemError::Number{EFAULT}, "cannot reach the memory of a process");
    };
    return {
        [&processes](const std::string& thread) { return find_process(processes, thread); },
        [move_bytes](const std::string& process, std::uint64_t address, void* bytes, std::size_t size) {
            move_bytes(process, O_RDONLY, [&](const Fd& memory) {
                return ::pread(memory.get(), bytes, size, static_cast<off_t>(address)) == static_cast<ssize_t>(size);
            });
        },
        [move_bytes](const std::string& process, std::uint64_t address, const void* bytes, std::size_t size) {
            move_bytes(process, O_WRONLY, [&](const Fd& memory) {
                return ::pwrite(memory.get(), bytes, size, static_cast<off_t>(address)) == static_cast<ssize_t>(size);
            });
        }};
}

class OwnerRecords {
public:
    OwnerRecords(Fd listener, FakedIds first)
        : listener_(std::move(listener)),
          processes_(open_processes()),
          own_root_(open_path("/", O_PATH | O_DIRECTORY)),
          identities_(std::move(first), access_by(processes_, [this] { require_waiting(); })) {}

    void serve() {
        for (;;) {
            pollfd polled{listener_.descriptor().get(), POLLIN, 0};
            if (::poll(&polled, 1, -1) < 0 && errno != EINTR) return;
            if ((polled.revents & POLLIN) != 0)
                answer();
            else if ((polled.revents & (POLLHUP | POLLERR)) != 0)
                return;
        }
    }

private:
    struct Answer {
        std::int64_t value = 0;
        int error = 0;
        bool passes = false;  ///< the kernel carries the call out
    };

    void answer() {
        const auto question = listener_.receive();
        if (!question) return;
        asked_ = question->id;
        try {
            const Answer given = answer_to(*question);
            given.passes ? listener_.let_pass(asked_) : listener_.answer(asked_, given.value, given.error);
        } catch (const SystemError& error) {
            refuse(*question, error.number());
        } catch (const std::exception&) {
            refuse(*question, EIO);
        }
    }

    /// Why a file cannot be looked at the kernel says best itself.
    void refuse(const seccomp_notif& question, int error) const {
        is_change(question.data.nr) ? listener_.answer(question.id, 0, error) : listener_.let_pass(question.id);
    }

    void require_waiting() const {
        if (!listener_.is_waiting(asked_)) throw SystemError(SystemError::Number{ESRCH}, "who asked has ended");
    }

    Answer answer_to(const seccomp_notif& question) {
        const auto& given = question.data.args;
        const auto told =
            identities_.answer(question.data.nr, std::to_string(question.pid), {given[0], given[1], given[2]});
        if (told) return {told->value, told->error, told->as_it_is};
        return perform(question);
    }

    Answer perform(const seccomp_notif& question) const {
        const Fd process = open_at(processes_, std::to_string(question.pid), O_PATH | O_DIRECTORY);
        // From here on the folder stands for this process, also when the number is another's later.
        require_waiting();
        const Call call = describe(question.data, process);
        const ForeignPlace place = find(call, process, own_root_);
        struct stat status {};
        constexpr int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
        if (::fstatat(place.folder.get(), place.name.c_str(), &status, flags) != 0)
            throw SystemError("cannot read a status");
        const mode_t mode = status.st_mode;
        place.name.empty() ? look_up_owner(place.folder, status) : look_up_owner_at(place.folder, place.name, status);
        if (call.kind == Call::Kind::change) {
            change(call, status, place);
            return {};
        }
        // The answer is no ground for a decision about rights, so that nobody gains by a change of the path meanwhile.
        if (status.st_uid == 0 && status.st_gid == 0 && status.st_mode == mode) return {.passes = true};
        give_status(call, status, place, process);
        return {};
    }

    Listener listener_;
    std::uint64_t asked_ = 0;  ///< the question that is being answered
    Fd processes_;
    Fd own_root_;
    FakedIdentities identities_;
};

/// What else the runner has open, such as the ends of sockets of other containers, would stay open as long as this
/// process.
void keep_open_only(const Fd& kept) {
    const auto number = static_cast<unsigned>(kept.get());
    if (number > 3) ::close_range(3, number - 1, 0);
    ::close_range(std::max(number + 1, 3U), ~0U, 0);
}

}  // namespace

namespace {

const std::vector<sock_filter>& owner_filter() {
    static const std::vector<sock_filter> program = make_program();
    return program;
}

}  // namespace

void compile_owner_filter() {
    owner_filter();
}

Fd divert_owner_changes() {
    return install_listener(owner_filter());
}

void note_owner_changes(const Fd& socket) noexcept {
    try {
        keep_open_only(socket);
        auto packet = receive_packet(socket);
        if (!packet || packet->descriptors.empty()) ::_exit(0);  // The container could not be started.
        keep_owners_aside(true);
        FakedIds first;
        PackReader{std::string_view(packet->bytes).substr(1)}(first);
        OwnerRecords(std::move(packet->descriptors.front()), std::move(first)).serve();
        ::_exit(0);
    } catch (const std::exception& error) {
        const std::string text = std::string("builder: noting owners: ") + error.what() + "\n";
        [[maybe_unused]] const ssize_t written = ::write(2, text.data(), text.size());
        ::_exit(125);
    }
}

}  // namespace runtime
