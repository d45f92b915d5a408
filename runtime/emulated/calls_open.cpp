// open(2) and its family.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "runtime/emulated/emulation.hpp"
#include "runtime/emulated/new_file.hpp"
#include "runtime/emulated/told_files.hpp"

namespace runtime::emulated {
namespace {

struct OpenRequest {
    int folder = AT_FDCWD;
    std::size_t path = 0;
    int flags = 0;
    mode_t mode = 0;

    bool has(int flag) const { return (flags & flag) == flag; }
    bool writes() const { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0; }
};

/// Why a descriptor that was given to the step may be opened again: not with more rights than it came with.
void require_access(const OpenRequest& request, const Place& place) {
    const int wanted = request.flags & O_ACCMODE;
    if (!place.is_foreign || request.has(O_PATH) || place.foreign_access == O_RDWR || place.foreign_access == wanted)
        return;
    throw Refusal{EACCES};
}

Reply give(Fd file, const OpenRequest& request) {
    Reply reply;
    reply.file = std::move(file);
    reply.close_on_exec = request.has(O_CLOEXEC);
    return reply;
}

/// A pipe by name opens when there is somebody at its other end; others are not to wait for that.
Reply open_later(const Call& call, Place place, const OpenRequest& request) {
    const auto kept = std::make_shared<const Place>(std::move(place));
    call.container.late.start(call.listener, call.question, call.thread, [kept, request] {
        return LateAnswers::Given{open_place(*kept, request.flags & ~(O_CREAT | O_EXCL)), request.has(O_CLOEXEC)};
    });
    Reply reply;
    reply.is_later = true;
    return reply;
}

/// The terminals that the step has made are the ones that it may open.
void note_terminal(const Call& call, const Fd& file) {
    unsigned number = 0;
    if (::ioctl(file.get(), TIOCGPTN, &number) == 0) call.container.mounts.show_terminal(number);
}

/// A descriptor that is only a place.
Reply give_place(const Call& call, const Place& place, const OpenRequest& request) {
    Fd file = open_place(place, request.flags);
    struct stat status {};
    checked(::fstatat(file.get(), "", &status, AT_EMPTY_PATH));
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return give(call.container.mounts.stand_ins().make(std::move(file), place.path), request);
    return give(open_place(place, O_RDONLY | (request.flags & O_DIRECTORY)), request);
}

Reply open_it_itself(const Call& call, const Place& place, const OpenRequest& request) {
    if (request.has(O_CREAT | O_EXCL)) throw Refusal{EEXIST};
    require_access(request, place);
    if (request.has(O_PATH)) return give_place(call, place, request);
    if (!place.is_foreign && request.writes()) require_writable(call, place);
    if (place.path == "/dev/tty" && !place.is_foreign) {
        if (!call.container.terminal) throw Refusal{ENXIO};
        Place terminal;
        terminal.folder = call.container.terminal.duplicate();
        return give(open_place(terminal, request.flags), request);
    }
    Fd file = open_place(place, request.flags & ~O_CREAT, request.mode & ~call.process.mask);
    if (place.path.starts_with("/dev/")) note_terminal(call, file);
    return give(std::move(file), request);
}

Reply make_temporary(const Call& call, const Place& place, const OpenRequest& request) {
    require_writable(call, place);
    Fd file = open_place(place, request.flags, request.mode & ~call.process.mask);
    own_temporary_file(call, file, place);
    return give(std::move(file), request);
}

Reply open_new(const Call& call, const Place& place, const OpenRequest& request) {
    if (place.wants_folder) throw Refusal{EISDIR};
    require_writable(call, place);
    const mode_t mode = request.mode & ~call.process.mask;
    Fd file = open_place(place, request.flags, real_mode(S_IFREG, mode));
    own_new_file(call, place, S_IFREG | mode);
    return give(std::move(file), request);
}

/// What is opened for writing is part of the step's layer, as overlayfs has it, which copies the file up at this
/// moment.
void count_as_changed(const Fd& file) {
    struct stat status {};
    checked(::fstat(file.get(), &status));
    if (S_ISREG(status.st_mode)) checked(::fchmod(file.get(), status.st_mode & 07777));
}

Reply open_named(const Call& call, Place place, const OpenRequest& request) {
    struct stat status {};
    const bool is_there = ::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_there && errno == ENOENT && request.has(O_CREAT)) return open_new(call, place, request);
    if (!is_there) throw Refusal{errno};
    if (request.has(O_CREAT | O_EXCL)) throw Refusal{EEXIST};
    if (place.wants_folder && !S_ISDIR(status.st_mode)) throw Refusal{ENOTDIR};
    if (request.has(O_PATH)) return give_place(call, place, request);
    if (std::optional<Fd> told = told_instead(call.container.mounts, place)) return give(*std::move(told), request);
    if (request.writes() && !S_ISFIFO(status.st_mode)) require_writable(call, place);
    if (S_ISFIFO(status.st_mode) && !request.has(O_NONBLOCK) && (request.flags & O_ACCMODE) != O_RDWR)
        return open_later(call, std::move(place), request);
    Fd file = open_place(place, request.flags & ~(O_CREAT | O_EXCL));
    if (request.writes()) count_as_changed(file);
    return give(std::move(file), request);
}

Reply open_file(const Call& call, const OpenRequest& request) {
    const bool keeps_link = request.has(O_NOFOLLOW) || request.has(O_CREAT | O_EXCL);
    Place place = call.place(request.folder, request.path, keeps_link ? LastLink::kept : LastLink::followed);
    if (!place.text.empty() && !request.has(O_PATH)) throw Refusal{ELOOP};
    if (request.has(O_TMPFILE)) return make_temporary(call, place, request);
    if (place.name.empty()) return open_it_itself(call, place, request);
    return open_named(call, std::move(place), request);
}

/// openat2(2): what it can ask for besides is what the walks do anyway, or is refused.
Reply open_how_call(const Call& call) {
    open_how how{};
    if (call.given[3] < sizeof how) throw Refusal{EINVAL};
    call.memory.read(call.given[2], &how, sizeof how);
    if (how.resolve != 0 && how.resolve != RESOLVE_NO_MAGICLINKS) throw Refusal{ENOSYS};
    return open_file(call, {call.descriptor(0), 1, static_cast<int>(how.flags), static_cast<mode_t>(how.mode) & 07777});
}

}  // namespace

void add_open_calls(CallTable& table) {
#ifdef SYS_open
    table[SYS_open] = [](const Call& call) { return open_file(call, {AT_FDCWD, 0, call.flags(1), call.mode(2)}); };
    table[SYS_creat] = [](const Call& call) {
        return open_file(call, {AT_FDCWD, 0, O_CREAT | O_WRONLY | O_TRUNC, call.mode(1)});
    };
#endif
    table[SYS_openat] = [](const Call& call) {
        return open_file(call, {call.descriptor(0), 1, call.flags(2), call.mode(3)});
    };
    table[SYS_openat2] = open_how_call;
}

}  // namespace runtime::emulated
