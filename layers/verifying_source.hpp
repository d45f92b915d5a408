// Digest and size of what passes by: checked where bytes come in, noted where they go out.
#pragma once

#include <cstdint>

#include "layers/digest.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// Passes bytes on and throws Error where the digest or the size is not as promised. It never delivers more than
/// `size_bytes`, and the last bytes are delivered only after the whole has been found right. The source outlives it.
class VerifyingSource final : public runtime::Source {
public:
    VerifyingSource(runtime::Source& source, Digest expected, std::uint64_t size_bytes);
    std::size_t read(std::span<std::byte> buffer) override;

private:
    void verify();

    runtime::Source& source_;
    Digest expected_;
    std::uint64_t size_bytes_;
    std::uint64_t seen_bytes_ = 0;
    Hasher hasher_;
    bool verified_ = false;
};

/// Passes bytes on and knows their digest and number at the end. The source outlives it.
class DigestingSource final : public runtime::Source {
public:
    explicit DigestingSource(runtime::Source& source, Algorithm algorithm = Algorithm::sha256)
        : source_(source), hasher_(algorithm) {}
    std::size_t read(std::span<std::byte> buffer) override;
    /// Once, at the end.
    Digest finish() { return hasher_.finish(); }
    std::uint64_t size_bytes() const noexcept { return size_bytes_; }

private:
    runtime::Source& source_;
    Hasher hasher_;
    std::uint64_t size_bytes_ = 0;
};

/// Passes bytes on to another sink, or to none, and knows their digest and number at the end.
class DigestingSink final : public runtime::Sink {
public:
    using Sink::write;
    explicit DigestingSink(runtime::Sink* out = nullptr, Algorithm algorithm = Algorithm::sha256)
        : out_(out), hasher_(algorithm) {}
    void write(runtime::Bytes bytes) override;
    /// Once, at the end.
    Digest finish() { return hasher_.finish(); }
    std::uint64_t size_bytes() const noexcept { return size_bytes_; }

private:
    runtime::Sink* out_;
    Hasher hasher_;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace layers
