#include "layers/oci/platform.hpp"

#include <gtest/gtest.h>

#include "runtime/base/error.hpp"

using namespace layers;

namespace {

Platform parse(std::string_view text) {
    return parse_platform(text, {"linux", "amd64", "", "", {}});
}

}  // namespace

TEST(Platform, NamesOfArchitecturesAreUnified) {
    EXPECT_EQ(format_platform(parse("linux/x86_64")), "linux/amd64");
    EXPECT_EQ(format_platform(parse("aarch64")), "linux/arm64");
    EXPECT_EQ(format_platform(parse("armel")), "linux/arm/v6");
    EXPECT_TRUE(is_same_platform(parse("linux/arm64"), parse("linux/arm64/v8")));
}

TEST(Platform, TheBestOfAnIndexIsChosen) {
    const std::vector<Platform> index = {parse("linux/386"), parse("linux/arm/v6"), parse("linux/amd64"),
                                         parse("linux/arm/v7")};
    EXPECT_EQ(choose_platform(parse("linux/amd64"), index), 2U);
    EXPECT_EQ(choose_platform(parse("linux/arm/v8"), index), 3U);
    EXPECT_EQ(choose_platform(parse("linux/s390x"), index), std::nullopt);
}

TEST(Platform, MistakesAreRefused) {
    for (const char* bad : {"", "*/amd64", "linux/", "unknown", "a/b/c/d", "linux(1/amd64", "linux(%zz)/amd64"})
        EXPECT_THROW(parse(bad), runtime::Error) << bad;
    EXPECT_FALSE(host_platform().architecture.empty());
}
