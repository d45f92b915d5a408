// Where a process is and who it is: chdir(2), chroot(2), getcwd(2), umask(2), setuid(2) and its family, capget(2),
// uname(2).
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/emulated/emulation.hpp"

namespace runtime::emulated {
namespace {

/// The folder itself, for whoever is to stay in it.
std::shared_ptr<const Fd> folder_at(const Place& place) {
    if (place.is_foreign) throw Refusal{EACCES};
    if (!S_ISDIR(status_of(place).st_mode)) throw Refusal{ENOTDIR};
    return std::make_shared<const Fd>(open_place(place, O_PATH | O_DIRECTORY));
}

Reply enter(const Call& call, const Place& place) {
    call.process.folder = folder_at(place);
    return {};
}

Reply change_root(const Call& call) {
    if (!call.is_root()) throw Refusal{EPERM};
    const Place place = call.place(AT_FDCWD, 0, LastLink::followed);
    call.process.root = folder_at(place);
    call.process.root_path = place.path;
    return {};
}

Reply tell_folder(const Call& call) {
    const auto path = call.container.mounts.path_in_container(path_of_descriptor(*call.process.folder));
    if (!path || path->ends_with(" (deleted)")) throw Refusal{ENOENT};
    std::string text = path_for(call.process, *path);
    if (!is_within(*path, call.process.root_path)) text.insert(0, "(unreachable)");
    if (call.given[1] < text.size() + 1) throw Refusal{ERANGE};
    call.memory.write(call.given[0], text.c_str(), text.size() + 1);
    return {static_cast<std::int64_t>(text.size() + 1)};
}

Reply set_mask(const Call& call) {
    const mode_t before = call.process.mask;
    call.process.mask = call.mode(0) & 0777;
    return {before};
}

std::array<std::uint64_t, 3> first_three(const Call& call) {
    return {call.given[0], call.given[1], call.given[2]};
}

Reply identity(const Call& call) {
    const IdentityAnswer told = changes_identity(call.number)
                                    ? change_identity(call.number, first_three(call), call.process.ids,
                                                      [&](std::uint64_t address, void* bytes, std::size_t size) {
                                                          call.memory.read(address, bytes, size);
                                                      })
                                    : tell_identity(call.number, first_three(call), call.process.ids,
                                                    [&](std::uint64_t address, const void* bytes, std::size_t size) {
                                                        call.memory.write(address, bytes, size);
                                                    });
    if (told.error != 0) throw Refusal{told.error};
    return {told.value};
}

using CapabilityWords = std::array<__user_cap_data_struct, 2>;

/// Two words are of version 3, which all programs of this century use; whoever asks for another one is told of it.
void require_version(const Call& call) {
    auto header = call.memory.value<__user_cap_header_struct>(call.given[0]);
    if (header.version == _LINUX_CAPABILITY_VERSION_3) return;
    header.version = _LINUX_CAPABILITY_VERSION_3;
    call.memory.write(call.given[0], &header, sizeof header);
    throw Refusal{EINVAL};
}

Reply tell_capabilities(const Call& call) {
    if (call.given[1] == 0) {
        try {
            require_version(call);
        } catch (const Refusal&) {
            // That was the question.
        }
        return {};
    }
    require_version(call);
    CapabilityWords words{};
    const CapabilitySet all = call.is_root() ? call.container.capabilities : 0;
    for (std::size_t i = 0; i < words.size(); ++i)
        words.at(i).effective = words.at(i).permitted = static_cast<std::uint32_t>(all >> (32 * i));
    call.memory.write(call.given[1], words.data(), sizeof words);
    return {};
}

/// What is given up is not missed: the kernel grants nothing anyway, and what is carried out here goes by the user.
Reply change_capabilities(const Call& call) {
    require_version(call);
    const auto words = call.memory.value<CapabilityWords>(call.given[1]);
    const CapabilitySet all = call.is_root() ? call.container.capabilities : 0;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (((words.at(i).permitted | words.at(i).effective) & ~static_cast<std::uint32_t>(all >> (32 * i))) != 0)
            throw Refusal{EPERM};
    return {};
}

Reply tell_names(const Call& call) {
    utsname names{};
    checked(::uname(&names));
    std::memset(names.nodename, 0, sizeof names.nodename);
    const std::string& own = call.container.hostname;
    std::memcpy(names.nodename, own.data(), std::min(own.size(), sizeof names.nodename - 1));
    call.memory.write(call.given[0], &names, sizeof names);
    return {};
}

}  // namespace

void add_place_calls(CallTable& table) {
    table[SYS_chdir] = [](const Call& call) { return enter(call, call.place(AT_FDCWD, 0, LastLink::followed)); };
    table[SYS_fchdir] = [](const Call& call) { return enter(call, call.place_of_descriptor(0)); };
    table[SYS_chroot] = change_root;
    table[SYS_getcwd] = tell_folder;
    table[SYS_umask] = set_mask;
    table[SYS_uname] = tell_names;
    table[SYS_capget] = tell_capabilities;
    table[SYS_capset] = change_capabilities;
}

void add_identity_calls(CallTable& table) {
    for (const int number :
         {SYS_setuid, SYS_setreuid, SYS_setresuid, SYS_setgid, SYS_setregid, SYS_setresgid, SYS_setgroups, SYS_setfsuid,
          SYS_setfsgid, SYS_getuid, SYS_geteuid, SYS_getresuid, SYS_getgid, SYS_getegid, SYS_getresgid, SYS_getgroups})
        table[number] = identity;
}

}  // namespace runtime::emulated
