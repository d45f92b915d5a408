#include "runtime/emulated/memory.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr std::size_t page_bytes = 4096;

iovec part(std::uint64_t address, std::size_t size) {
    return {reinterpret_cast<void*>(address), size};
}

}  // namespace

std::size_t Memory::read_some(std::uint64_t address, void* bytes, std::size_t size) const {
    const iovec own{bytes, size};
    const iovec theirs = part(address, size);
    const ssize_t count = ::process_vm_readv(thread_, &own, 1, &theirs, 1, 0);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

void Memory::read(std::uint64_t address, void* bytes, std::size_t size) const {
    if (size > 0 && read_some(address, bytes, size) != size) throw Refusal{EFAULT};
}

void Memory::write(std::uint64_t address, const void* bytes, std::size_t size) const {
    if (size == 0) return;
    const iovec own{const_cast<void*>(bytes), size};
    const iovec theirs = part(address, size);
    if (::process_vm_writev(thread_, &own, 1, &theirs, 1, 0) != static_cast<ssize_t>(size)) throw Refusal{EFAULT};
}

std::string Memory::read_text(std::uint64_t address, std::size_t limit) const {
    std::string text;
    while (text.size() < limit) {
        // A text may end right before memory that is not there.
        std::array<char, page_bytes> buffer;
        const std::size_t size = page_bytes - (address + text.size()) % page_bytes;
        const std::size_t count = read_some(address + text.size(), buffer.data(), size);
        if (count == 0) throw Refusal{EFAULT};
        const void* const end = std::memchr(buffer.data(), 0, count);
        text.append(buffer.data(),
                    end == nullptr ? count : static_cast<std::size_t>(static_cast<const char*>(end) - buffer.data()));
        if (end != nullptr && text.size() < limit) return text;
    }
    throw Refusal{ENAMETOOLONG};
}

std::vector<std::uint64_t> Memory::read_addresses(std::uint64_t address) const {
    std::vector<std::uint64_t> found;
    if (address == 0) return found;
    for (;;) {
        std::array<std::uint64_t, page_bytes / 8> buffer;
        const std::size_t size = std::max<std::size_t>(page_bytes - address % page_bytes, 8);
        const std::size_t count = read_some(address, buffer.data(), std::min(size, page_bytes)) / 8;
        if (count == 0) throw Refusal{EFAULT};
        for (std::size_t i = 0; i < count; ++i) {
            if (buffer.at(i) == 0) return found;
            found.push_back(buffer.at(i));
        }
        address += count * 8;
    }
}

}  // namespace runtime::emulated
