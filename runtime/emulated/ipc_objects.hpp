// Shared memory, semaphores and message queues of System V that a step has made; svipc(7). Those of this machine, which
// the kernel would give to any process of the user, are not there for it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

namespace runtime::emulated {

class IpcObjects {
public:
    enum class Kind : std::uint8_t { memory, semaphores, messages };

    IpcObjects() = default;
    IpcObjects(const IpcObjects&) = delete;
    IpcObjects& operator=(const IpcObjects&) = delete;
    /// Removes them: nobody else could.
    ~IpcObjects();

    /// The object with that key, or a new one where the flags say so; as shmget(2), semget(2), msgget(2). `size` is of
    /// bytes, or the number of semaphores. Throws Refusal.
    int get(Kind kind, key_t key, std::size_t size, int flags);
    bool knows(Kind kind, int id) const noexcept { return objects_.contains({kind, id}); }
    /// Removes one of them. Throws Refusal.
    void remove(Kind kind, int id);

private:
    using Name = std::pair<Kind, int>;
    std::map<Name, key_t> objects_;
};

}  // namespace runtime::emulated
