#include "runtime/container/isolation/setup_steps.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>

#include "runtime/base/error.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/container/isolation/container_mounts.hpp"
#include "runtime/container/isolation/faked_ids.hpp"
#include "runtime/container/isolation/owner_records.hpp"
#include "runtime/container/isolation/standard_mounts.hpp"
#include "runtime/container/network/network_on_demand.hpp"
#include "runtime/container/status_message.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/landlock.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/neighbour_filter.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/seccomp.hpp"

namespace runtime {
namespace {

void start_session(SetupState&) {
    ::setsid();
    ::umask(022);
    // The keyring of the session that started the program must not be reachable. Where the kernel has none, or does not
    // let this process ask, steps cannot ask either.
    if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr, 0, 0, 0) < 0 && errno != ENOSYS && errno != EPERM)
        throw SystemError("cannot leave the session keyring");
}

void enter_cgroups(SetupState& state) {
    for (const std::string& folder : state.spec.cgroup_folders) {
        const Fd members = open_path(folder + "/cgroup.procs", O_WRONLY);
        write_all(members, "0", folder + "/cgroup.procs");
    }
    // The namespace comes after the move, so that the container sees its own cgroup as the root.
    if (state.spec.namespaces.cgroup.mode == NamespaceChoice::Mode::fresh && ::unshare(CLONE_NEWCGROUP) != 0)
        throw SystemError("cannot make a cgroup namespace");
}

/// A namespace of clocks is for children only, until it is entered. The offsets can be set before that alone.
void set_clocks(SetupState& state) {
    if (!state.spec.clocks) return;
    if (::unshare(CLONE_NEWTIME) != 0) throw SystemError("cannot make a time namespace");
    std::string text;
    for (const auto& [clock, seconds] : clock_offsets(*state.spec.clocks))
        text += fmt::format("{} {} 0\n", clock, seconds);
    write_all(open_path("/proc/self/timens_offsets", O_WRONLY), text, "/proc/self/timens_offsets");
    const Fd made = open_path("/proc/self/ns/time_for_children", O_RDONLY);
    if (::setns(made.get(), CLONE_NEWTIME) != 0) throw SystemError("cannot enter the time namespace");
}

void join(const SetupState& state, const NamespaceChoice& choice, int kind) {
    if (choice.mode != NamespaceChoice::Mode::joined) return;
    if (::setns(state.mount_sources.at(choice.source).get(), kind) != 0) throw SystemError("cannot enter a namespace");
}

void join_namespaces(SetupState& state) {
    join(state, state.spec.namespaces.ipc, CLONE_NEWIPC);
    join(state, state.spec.namespaces.uts, CLONE_NEWUTS);
    join(state, state.spec.namespaces.cgroup, CLONE_NEWCGROUP);
    if (const auto network = state.spec.namespaces.joined_network) {
        if (::setns(state.mount_sources.at(*network).get(), CLONE_NEWNET) != 0)
            throw SystemError("cannot enter the network namespace");
    } else if (state.spec.network == NetworkMode::none &&
               ::setns(state.sandbox.isolated_network.get(), CLONE_NEWNET) != 0) {
        throw SystemError("cannot enter the network namespace");
    }
}

/// Over the store itself, in this mount namespace: all paths below it then lead to files with shifted owners.
void shift_owners_of_layers(SetupState& state) {
    if (!state.spec.own_users) return;
    const Fd place = open_path(state.spec.own_users->folder, O_PATH | O_DIRECTORY);
    const Fd shifted = clone_mount(place, false);
    shift_owners(shifted, state.mount_sources.at(state.spec.own_users->source));
    attach_mount(shifted, place);
}

/// What is made from here on belongs to the root that the container will have, also what overlayfs makes, which works
/// with the identity of who mounted it. Only the user for files changes, and with it goes the right to act for others,
/// which is taken back.
void become_root_of_container(SetupState& state) {
    if (!state.spec.own_users) return;
    const CapabilitySet rights = effective_capabilities();
    const gid_t group = group_outside(state.spec, 0);
    const uid_t user = user_outside(state.spec, 0);
    ::setfsgid(group);
    ::setfsuid(user);
    // They say only what was before: setfsuid(2).
    if (::setfsgid(static_cast<gid_t>(-1)) != static_cast<int>(group) ||
        ::setfsuid(static_cast<uid_t>(-1)) != static_cast<int>(user))
        throw Error("cannot make files as user {} and group {}", user, group);
    set_capabilities(rights);
}

/// Moves the new root over the old one: what changes the root then leads no further than to the new one.
void cover_root(SetupState& state) {
    if (::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || ::chroot(".") != 0 || ::chdir("/") != 0)
        throw SystemError("cannot make it the root");
    state.root.reset();
}

void enter_root(SetupState& state) {
    if (::fchdir(state.root.get()) != 0) throw SystemError("cannot enter the new root");
    if (::syscall(SYS_pivot_root, ".", ".") != 0) {
        // The first root file system of a kernel cannot be pivoted away from.
        if (errno != EINVAL || state.spec.isolation != Isolation::chroot) throw SystemError("cannot make it the root");
        return cover_root(state);
    }
    // The old root lies below the new one at the same place; it goes with everything mounted in it.
    if (::umount2(".", MNT_DETACH) != 0) throw SystemError("cannot take the old root away");
    if (::chdir("/") != 0) throw SystemError("cannot enter the new root");
    state.root.reset();
}

/// A terminal of the container's own /dev/pts, so that programs in it can find it by name.
void open_terminal(SetupState& state) {
    if (!state.spec.terminal) return;
    state.terminal = open_path("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
    int locked = 0;
    if (::ioctl(state.terminal.get(), TIOCSPTLCK, &locked) != 0) throw SystemError("cannot unlock a terminal");
    const Fd inner(::ioctl(state.terminal.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY));
    if (!inner) throw SystemError("cannot open a terminal");
    if (::fchown(inner.get(), user_outside(state.spec, state.spec.user), static_cast<gid_t>(-1)) != 0)
        throw SystemError("cannot set the owner of a terminal");
    // As large as the terminal that the program was given, from the first moment on.
    winsize size{};
    if (::ioctl(0, TIOCGWINSZ, &size) == 0 || ::ioctl(1, TIOCGWINSZ, &size) == 0)
        ::ioctl(state.terminal.get(), TIOCSWINSZ, &size);
    for (const int stream : {0, 1, 2})
        if (::dup2(inner.get(), stream) < 0) throw SystemError("cannot use a terminal");
    if (::ioctl(0, TIOCSCTTY, 0) != 0) throw SystemError("cannot take control of a terminal");
    const Fd console = open_path("/dev/console", O_WRONLY | O_CREAT, 0600);
    attach_mount(clone_mount(open_path(fmt::format("/proc/self/fd/{}", inner.get()), O_PATH), false),
                 open_path("/dev/console", O_PATH));
}

/// The end that programs have; the other one has been given away.
void use_terminal(SetupState& state) {
    if (!state.terminal) return;
    for (const int stream : {0, 1, 2})
        if (::dup2(state.terminal.get(), stream) < 0) throw SystemError("cannot use a terminal");
    if (::ioctl(0, TIOCSCTTY, 0) != 0) throw SystemError("cannot take control of a terminal");
    state.terminal.reset();
}

void set_limits(SetupState& state) {
    for (const ResourceLimit& limit : state.spec.resource_limits) {
        const rlimit value{limit.soft, limit.hard};
        if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &value) != 0)
            throw SystemError("cannot set resource limit {}", limit.resource);
    }
}

/// What the next exec changes to. The kernel's interfaces: /proc/PID/attr, and a folder a module in it.
void set_labels(SetupState& state) {
    const auto set = [](const char* file, const std::string& value) {
        const Fd opened = open_path(file, O_WRONLY);
        if (!is_proc(opened)) throw Error("{} is not the kernel's", file);
        write_all(opened, value, file);
    };
    if (!state.spec.process_label.empty()) set("/proc/thread-self/attr/exec", state.spec.process_label);
    if (state.spec.apparmor_profile.empty()) return;
    const bool has_own_folder = ::access("/proc/thread-self/attr/apparmor", F_OK) == 0;
    set(has_own_folder ? "/proc/thread-self/attr/apparmor/exec" : "/proc/thread-self/attr/exec",
        "exec " + state.spec.apparmor_profile);
}

/// From here on nothing of the host is open, and no process that shares the PID namespace reads this memory:
/// what is left is the runner's program, which becomes the command (CVE-2024-21626).
void close_all_but_streams(const SetupState& state) {
    const auto status = static_cast<unsigned>(state.status.get());
    if (status > 3) ::syscall(SYS_close_range, 3U, status - 1, 0U);
    ::syscall(SYS_close_range, status + 1, ~0U, 0U);
}

/// Tells the caller that all is made, and gives it the other ends of what was opened for it.
void report(SetupState& state) {
    send_message(state.status, StatusMessage::made_paths, state.made);
    const auto send = [&](StatusMessage kind, const Fd& descriptor) {
        if (descriptor) send_packet(state.status, std::string(1, static_cast<char>(kind)), {&descriptor});
    };
    send(StatusMessage::terminal, state.terminal);
    send(StatusMessage::sockets, state.sockets);
}

/// Nobody else can be become, so that all users are root here, with the rights of root.
void become_the_only_user(SetupState& state, CapabilitySet keep) {
    const ContainerSpec& spec = state.spec;
    if (spec.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        throw SystemError("cannot set no_new_privs");
    const Fd listener = divert_owner_changes();
    FakedIds first;
    first.users.fill(spec.shown_user);
    first.groups.fill(spec.shown_group);
    first.supplementary = spec.supplementary_groups;
    PackWriter writer;
    writer(first);
    send_packet(state.owner_records, "L" + writer.bytes(), {&listener});
    close_all_but_streams(state);
    if (!spec.seccomp_program.empty()) install_seccomp(spec.seccomp_program);
    set_capabilities(keep);
}

void enter_user_namespace_of(SetupState& state) {
    const auto source = state.spec.own_users ? std::optional(state.spec.own_users->source) : state.spec.barrier;
    if (source && ::setns(state.mount_sources.at(*source).get(), CLONE_NEWUSER) != 0)
        throw SystemError("cannot enter the user namespace");
    if (!state.spec.barrier) return;
    // It keeps steps from the memory of other processes, but not from what those of the same user may do to each other.
    confine_signals_and_abstract_sockets();
    spare_neighbours();
}

void drop_privileges(SetupState& state) {
    const ContainerSpec& spec = state.spec;
    enter_user_namespace_of(state);
    // Until the command is executed, which makes it readable again.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) throw SystemError("cannot hide the memory of a process");
    const CapabilitySet keep = spec.capabilities & bounding_capabilities();
    limit_bounding_set(keep);
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) throw SystemError("cannot keep capabilities");
    if (spec.single_user) return become_the_only_user(state, keep);
    close_all_but_streams(state);
    if (!spec.keeps_groups && ::setgroups(spec.supplementary_groups.size(), spec.supplementary_groups.data()) != 0)
        throw SystemError("cannot set the supplementary groups");
    if (::setresgid(spec.group, spec.group, spec.group) != 0) throw SystemError("cannot become group {}", spec.group);
    if (::setresuid(spec.user, spec.user, spec.user) != 0) throw SystemError("cannot become user {}", spec.user);
    if (spec.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        throw SystemError("cannot set no_new_privs");
    // Changing the user cleared the effective set; the filter needs CAP_SYS_ADMIN where privileges may still be gained.
    set_capabilities(spec.seccomp_program.empty() || spec.no_new_privileges ? keep : keep | capability("sys_admin"));
    if (!spec.seccomp_program.empty()) install_seccomp(spec.seccomp_program);
    // As user 0 the set is what root keeps over exec; for anybody else nothing is kept, as after su.
    set_capabilities(spec.user == 0 ? keep : 0);
}

/// Images may name a folder that they do not have; it is made, as other runtimes do.
void make_working_directory(SetupState& state) {
    const std::string& path = state.spec.working_directory;
    if (!path.starts_with("/") || open_in_root_if_exists(state.root, path, O_PATH)) return;
    make_in_root(state.root, path, true);
}

void enter_working_directory(SetupState& state) {
    // Through a link of /proc/self/fd it would become a folder of the host that is still open here (CVE-2024-21626),
    // should the path have changed since it was made.
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    const Fd folder(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, state.spec.working_directory.c_str(), &how, sizeof how)));
    if (!folder || ::fchdir(folder.get()) != 0)
        throw SystemError("cannot enter the working directory {}", quoted(state.spec.working_directory));
    // In a PID namespace that others share, the end of the runner would not end this process. Changing the user clears
    // the wish, so it comes last.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        throw SystemError("cannot have the process end with the one that made it");
}

void watch_sockets(SetupState& state) {
    if (state.spec.watches_sockets) state.sockets = watch_for_sockets();
}

void reset_signals(SetupState&) {
    // Dispositions are the runner's, which are the defaults.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::uint32_t outside(const std::vector<IdRange>& ranges, std::uint32_t id) {
    if (const auto found = id_outside(ranges, id)) return *found;
    throw Error("the user namespace of the container has no ID {}", id)
        .with_hint("give it more IDs with --userns-uid-map, or --userns auto");
}

}  // namespace

uid_t user_outside(const ContainerSpec& spec, uid_t user) {
    return spec.own_users ? outside(spec.own_users->users, user) : user;
}

gid_t group_outside(const ContainerSpec& spec, gid_t group) {
    return spec.own_users ? outside(spec.own_users->groups, group) : group;
}

const std::vector<SetupStep>& setup_steps() {
    static const std::vector<SetupStep> steps = {
        {"start a session", start_session},
        {"enter the cgroup", enter_cgroups},
        {"join the namespaces", join_namespaces},
        {"set the clocks", set_clocks},
        {"shift the owners", shift_owners_of_layers},
        {"make files for the container's root", become_root_of_container},
        {"mount the root", mount_the_root},
        {"mount /proc", mount_proc},
        {"mount /sys", mount_sys},
        {"mount /dev", mount_dev},
        {"perform the mounts", perform_mounts},
        {"mask paths", mask_paths},
        {"make paths read-only", protect_paths},
        {"make the working directory", make_working_directory},
        {"enter the root", enter_root},
        {"open the terminal", open_terminal},
        {"set resource limits", set_limits},
        {"reset signals", reset_signals},
        {"watch for sockets", watch_sockets},
        {"set security labels", set_labels},
        {"close /proc", close_proc_of_host},
        {"report", report},
        {"drop privileges", drop_privileges},
        {"enter the working directory", enter_working_directory},
    };
    return steps;
}

const std::vector<SetupStep>& emulated_setup_steps() {
    static const std::vector<SetupStep> steps = {
        {"start a session", start_session},
        {"use the terminal", use_terminal},
        {"set resource limits", set_limits},
        {"reset signals", reset_signals},
    };
    return steps;
}

}  // namespace runtime
