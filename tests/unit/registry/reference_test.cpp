#include "registry/reference.hpp"

#include <gtest/gtest.h>

#include "runtime/base/error.hpp"

using registry::Reference;

TEST(Reference, ShortNamesAreCompleted) {
    const Reference alpine = Reference::parse("alpine");
    EXPECT_EQ(alpine.text(), "docker.io/library/alpine");
    EXPECT_EQ(alpine.for_pull().text(), "docker.io/library/alpine:latest");
    EXPECT_EQ(alpine.familiar_text(), "alpine");
    EXPECT_EQ(Reference::parse("localhost:5000/a/b:1").domain(), "localhost:5000");
    EXPECT_EQ(Reference::parse("me/app").text(), "docker.io/me/app");
}

TEST(Reference, ADigestTakesTheTagsPlace) {
    const std::string digest = "sha256:" + std::string(64, 'a');
    const Reference both = Reference::parse("quay.io/a:1@" + digest);
    EXPECT_EQ(both.tag(), "1");
    EXPECT_EQ(both.for_pull().text(), "quay.io/a@" + digest);
    EXPECT_EQ(both.without_version().text(), "quay.io/a");
}

TEST(Reference, MistakesAreExplained) {
    try {
        Reference::parse("quay.io/Team/App:1");
        FAIL();
    } catch (const runtime::Error& error) {
        EXPECT_NE(error.full_message().find("lowercase"), std::string::npos);
        EXPECT_EQ(error.hint(), "did you mean quay.io/team/app:1?");
    }
    for (const char* bad : {"", ":tag", "a@sha256:abc", "a b", "a:", "a//b", "-a", "a:b:c"})
        EXPECT_THROW(Reference::parse(bad), runtime::Error) << bad;
}
