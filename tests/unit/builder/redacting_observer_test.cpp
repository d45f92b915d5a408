#include "builder/engine/record/redacting_observer.hpp"

#include <gtest/gtest.h>

namespace builder {
namespace {

TEST(Redacted, KeepsTheEndOfATextThatMightBeginASecret) {
    const layers::SecretPatterns secrets(std::map<std::string, std::string>{{"id", "a-long-password"}});
    EXPECT_EQ(redacted(secrets, "RUN echo >/length"), "RUN echo >/length");
    EXPECT_EQ(redacted(secrets, "LABEL a=a-long-"), "LABEL a=a-long-");
    EXPECT_EQ(redacted(secrets, "RUN echo a-long-password"), "RUN echo ***");
    EXPECT_EQ(redacted(secrets, "a-long-password and more"), "*** and more");
}

}  // namespace
}  // namespace builder
