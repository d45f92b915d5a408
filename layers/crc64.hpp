// The checksum that tar-split keeps of files: CRC-64 of ISO 3309, reflected, as Go's hash/crc64 has it under the name
// ISO.
#pragma once

#include <cstdint>

#include "runtime/base/stream.hpp"

namespace layers {

class Crc64 {
public:
    void add(runtime::Bytes bytes) noexcept;
    std::uint64_t value() const noexcept { return ~state_; }

private:
    std::uint64_t state_ = ~std::uint64_t{0};
};

}  // namespace layers
