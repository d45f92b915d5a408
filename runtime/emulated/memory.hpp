// The memory of a process that is waiting for an answer. process_vm_readv(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace runtime::emulated {

class Memory {
public:
    explicit Memory(pid_t thread) noexcept : thread_(thread) {}

    /// All of them throw Refusal with EFAULT where the process has no such memory.
    void read(std::uint64_t address, void* bytes, std::size_t size) const;
    void write(std::uint64_t address, const void* bytes, std::size_t size) const;
    /// Up to the zero byte, which has to come within the limit: else ENAMETOOLONG.
    std::string read_text(std::uint64_t address, std::size_t limit = 4096) const;
    /// An array of addresses that a zero ends, as argv: without the zero.
    std::vector<std::uint64_t> read_addresses(std::uint64_t address) const;

    template <typename Value>
    Value value(std::uint64_t address) const {
        Value value{};
        read(address, &value, sizeof value);
        return value;
    }

private:
    std::size_t read_some(std::uint64_t address, void* bytes, std::size_t size) const;
    pid_t thread_;
};

}  // namespace runtime::emulated
