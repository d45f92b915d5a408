// IPC of System V: shmget(2), semget(2), msgget(2) and what works with their objects.
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "runtime/emulated/emulation.hpp"

namespace runtime::emulated {
namespace {

using Kind = IpcObjects::Kind;

/// The number of an object is in a register: nobody changes it while the kernel carries the call out.
template <Kind kind>
Reply on_own(const Call& call) {
    if (!call.container.ipc.knows(kind, call.descriptor(0))) throw Refusal{EINVAL};
    Reply reply;
    reply.passes = true;
    return reply;
}

/// What tells of all objects of the machine is no command here.
template <Kind kind, std::size_t command>
Reply control(const Call& call) {
    constexpr std::array shared = {IPC_STAT, IPC_SET};
    constexpr std::array of_memory = {SHM_LOCK, SHM_UNLOCK};
    constexpr std::array of_semaphores = {GETPID, GETVAL, GETALL, GETNCNT, GETZCNT, SETVAL, SETALL};
    const int wanted = call.flags(command);
    const auto is_in = [&](const auto& list) { return std::find(list.begin(), list.end(), wanted) != list.end(); };
    Reply passed = on_own<kind>(call);
    if (wanted == IPC_RMID) {
        call.container.ipc.remove(kind, call.descriptor(0));
        return {};
    }
    const bool is_known = is_in(shared) || (kind == Kind::memory && is_in(of_memory)) ||
                          (kind == Kind::semaphores && is_in(of_semaphores));
    if (!is_known) throw Refusal{EINVAL};
    return passed;
}

Reply get(const Call& call, Kind kind, std::size_t size, std::size_t flags) {
    return {call.container.ipc.get(kind, static_cast<key_t>(call.given[0]), size, call.flags(flags))};
}

}  // namespace

void add_ipc_calls(CallTable& table) {
    table[SYS_shmget] = [](const Call& call) { return get(call, Kind::memory, call.given[1], 2); };
    table[SYS_shmat] = on_own<Kind::memory>;
    table[SYS_shmctl] = control<Kind::memory, 1>;
    table[SYS_semget] = [](const Call& call) {
        return get(call, Kind::semaphores, static_cast<std::uint32_t>(call.given[1]), 2);
    };
    table[SYS_semop] = on_own<Kind::semaphores>;
    table[SYS_semtimedop] = on_own<Kind::semaphores>;
    table[SYS_semctl] = control<Kind::semaphores, 2>;
    table[SYS_msgget] = [](const Call& call) { return get(call, Kind::messages, 0, 1); };
    table[SYS_msgsnd] = on_own<Kind::messages>;
    table[SYS_msgrcv] = on_own<Kind::messages>;
    table[SYS_msgctl] = control<Kind::messages, 1>;
}

}  // namespace runtime::emulated
