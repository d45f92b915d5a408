#include "registry/remote/challenge.hpp"

#include <gtest/gtest.h>

#include "registry/http/retry.hpp"
#include "registry/settings/auth_file.hpp"

namespace registry {
namespace {

TEST(Challenge, Bearer) {
    const auto challenges = parse_challenges(
        R"(Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull,push")");
    ASSERT_EQ(challenges.size(), 1U);
    EXPECT_EQ(challenges[0].scheme, "bearer");
    EXPECT_EQ(challenges[0].parameter("realm"), "https://auth.test/token");
    EXPECT_EQ(challenges[0].parameter("scope"), "repository:a/b:pull,push");
}

TEST(Challenge, SeveralInOneField) {
    const auto challenges = parse_challenges(R"(Basic realm="it \"is\"", Bearer realm = "x" , service=y)");
    ASSERT_EQ(challenges.size(), 2U);
    EXPECT_EQ(challenges[0].parameter("realm"), "it \"is\"");
    EXPECT_EQ(challenges[1].parameter("service"), "y");
}

TEST(Challenge, Nonsense) {
    EXPECT_TRUE(parse_challenges("").empty());
    EXPECT_TRUE(parse_challenges(",,=\"").empty());
    EXPECT_TRUE(parse_challenges("realm=\"x").empty());
}

TEST(Retry, AfterHowLong) {
    EXPECT_EQ(retry_after({{"Retry-After", "7"}}), std::chrono::seconds(7));
    EXPECT_EQ(retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}), std::chrono::seconds(0));
    EXPECT_FALSE(retry_after({{"Retry-After", "soon"}}));
    EXPECT_FALSE(retry_after({}));
}

TEST(AuthFile, KeysOfSeveralForms) {
    EXPECT_EQ(normalized_auth_key("https://index.docker.io/v1/"), "docker.io");
    EXPECT_EQ(normalized_auth_key("registry-1.docker.io"), "docker.io");
    EXPECT_EQ(normalized_auth_key("http://example.test:5000/v2/"), "example.test:5000");
    EXPECT_EQ(normalized_auth_key("example.test/team/app"), "example.test/team/app");
}

}  // namespace
}  // namespace registry
