#include "runtime/emulated/ipc_objects.hpp"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

/// The key is known here only: for the kernel it has none by which others could find it.
int make(IpcObjects::Kind kind, std::size_t size, int flags) {
    switch (kind) {
        case IpcObjects::Kind::memory:
            return checked(::shmget(IPC_PRIVATE, size, flags));
        case IpcObjects::Kind::semaphores:
            return checked(::semget(IPC_PRIVATE, static_cast<int>(size), flags));
        default:
            return checked(::msgget(IPC_PRIVATE, flags));
    }
}

/// Asks for it once more: the kernel knows whether it is large enough.
bool is_large_enough(IpcObjects::Kind kind, int id, std::size_t size) {
    if (kind == IpcObjects::Kind::memory) {
        shmid_ds status{};
        return ::shmctl(id, IPC_STAT, &status) == 0 && size <= status.shm_segsz;
    }
    semid_ds status{};
    return kind == IpcObjects::Kind::messages || (::semctl(id, 0, IPC_STAT, &status) == 0 && size <= status.sem_nsems);
}

int destroy(IpcObjects::Kind kind, int id) {
    switch (kind) {
        case IpcObjects::Kind::memory:
            return ::shmctl(id, IPC_RMID, nullptr);
        case IpcObjects::Kind::semaphores:
            return ::semctl(id, 0, IPC_RMID);
        default:
            return ::msgctl(id, IPC_RMID, nullptr);
    }
}

}  // namespace

IpcObjects::~IpcObjects() {
    for (const auto& [name, key] : objects_) destroy(name.first, name.second);
}

int IpcObjects::get(Kind kind, key_t key, std::size_t size, int flags) {
    if (key != IPC_PRIVATE)
        for (const auto& [name, known] : objects_) {
            if (name.first != kind || known != key) continue;
            if ((flags & IPC_CREAT) != 0 && (flags & IPC_EXCL) != 0) throw Refusal{EEXIST};
            if (!is_large_enough(kind, name.second, size)) throw Refusal{EINVAL};
            return name.second;
        }
    if (key != IPC_PRIVATE && (flags & IPC_CREAT) == 0) throw Refusal{ENOENT};
    // The lowest nine bits are permissions; huge pages are nothing that a step needs.
    const int id = make(kind, size, flags & 0777);
    objects_[{kind, id}] = key;
    return id;
}

void IpcObjects::remove(Kind kind, int id) {
    checked(destroy(kind, id));
    objects_.erase({kind, id});
}

}  // namespace runtime::emulated
