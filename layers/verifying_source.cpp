#include "layers/verifying_source.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/error.hpp"

namespace layers {

VerifyingSource::VerifyingSource(runtime::Source& source, Digest expected, std::uint64_t size_bytes)
    : source_(source), expected_(std::move(expected)), size_bytes_(size_bytes), hasher_(expected_.algorithm()) {}

std::size_t VerifyingSource::read(std::span<std::byte> buffer) {
    if (verified_ || buffer.empty()) return 0;
    const std::uint64_t rest = size_bytes_ - seen_bytes_;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), rest));
    const std::size_t count = wanted == 0 ? 0 : source_.read(buffer.first(wanted));
    if (count == 0 && rest > 0)
        throw runtime::Error("{} ends after {} bytes where {} were promised", expected_.text(), seen_bytes_,
                             size_bytes_);
    hasher_.write(buffer.first(count));
    seen_bytes_ += count;
    if (seen_bytes_ == size_bytes_) verify();
    return count;
}

void VerifyingSource::verify() {
    std::array<std::byte, 1> beyond;
    if (source_.read(beyond) != 0)
        throw runtime::Error("{} goes on after the {} bytes that were promised", expected_.text(), size_bytes_);
    const Digest actual = hasher_.finish();
    if (actual != expected_)
        throw runtime::Error("the content promised as {} has the digest {}", expected_.text(), actual.text());
    verified_ = true;
}

std::size_t DigestingSource::read(std::span<std::byte> buffer) {
    const std::size_t count = source_.read(buffer);
    hasher_.write(buffer.first(count));
    size_bytes_ += count;
    return count;
}

void DigestingSink::write(runtime::Bytes bytes) {
    hasher_.write(bytes);
    size_bytes_ += bytes.size();
    if (out_ != nullptr) out_->write(bytes);
}

}  // namespace layers
