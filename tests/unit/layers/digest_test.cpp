#include "layers/digest.hpp"

#include <gmock/gmock.h>

#include "runtime/base/error.hpp"

namespace layers {
namespace {

TEST(Digest, KnownValues) {
    EXPECT_EQ(Digest::of("").text(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Digest::of("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, StreamEqualsWhole) {
    Hasher hasher;
    hasher.write("a");
    hasher.write("bc");
    EXPECT_EQ(hasher.finish(), Digest::of("abc"));
}

TEST(Digest, RefusesWhatIsNotOne) {
    for (const char* text : {"", "sha256:", "sha256:zz", "md5:ba7816bf8f01cfea414140de5dae2223",
                             "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
        EXPECT_THROW(Digest::parse(text), runtime::Error) << text;
}

}  // namespace
}  // namespace layers
