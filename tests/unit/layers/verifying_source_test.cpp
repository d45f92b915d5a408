#include "layers/verifying_source.hpp"

#include <gmock/gmock.h>

#include "runtime/base/error.hpp"

namespace layers {
namespace {

std::string read_verified(std::string_view content, const Digest& digest, std::uint64_t size) {
    runtime::MemorySource memory(content);
    VerifyingSource source(memory, digest, size);
    return runtime::read_all(source, 1 << 20, "test");
}

TEST(VerifyingSource, PassesWhatIsRight) {
    EXPECT_EQ(read_verified("abc", Digest::of("abc"), 3), "abc");
    EXPECT_EQ(read_verified("", Digest::of(""), 0), "");
}

TEST(VerifyingSource, RefusesOtherContentAndOtherSizes) {
    EXPECT_THROW(read_verified("abd", Digest::of("abc"), 3), runtime::Error);
    EXPECT_THROW(read_verified("abc", Digest::of("abc"), 4), runtime::Error);
    EXPECT_THROW(read_verified("abcd", Digest::of("abc"), 3), runtime::Error);
    EXPECT_THROW(read_verified("x", Digest::of(""), 0), runtime::Error);
}

TEST(VerifyingSource, TheLastBytesComeOnlyVerified) {
    runtime::MemorySource memory("abX");
    VerifyingSource source(memory, Digest::of("abc"), 3);
    std::array<std::byte, 2> buffer;
    EXPECT_EQ(source.read(buffer), 2U);
    EXPECT_THROW(source.read(buffer), runtime::Error);
}

TEST(DigestingSource, CountsAndPassesOn) {
    runtime::MemorySource memory("abc");
    DigestingSource source(memory);
    EXPECT_EQ(runtime::read_all(source, 10, "test"), "abc");
    EXPECT_EQ(source.finish(), Digest::of("abc"));
    EXPECT_EQ(source.size_bytes(), 3U);
}

TEST(DigestingSink, CountsAndPassesOn) {
    runtime::StringSink out;
    DigestingSink sink(&out);
    sink.write("ab");
    sink.write("c");
    EXPECT_EQ(sink.finish(), Digest::of("abc"));
    EXPECT_EQ(sink.size_bytes(), 3U);
    EXPECT_EQ(out.text(), "abc");
}

}  // namespace
}  // namespace layers
