#include "runtime/base/text.hpp"

#include <gmock/gmock.h>

namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Text, IsSplitAtEveryMark) {
    EXPECT_THAT(runtime::split("a,b,c", ','), ElementsAre("a", "b", "c"));
    EXPECT_THAT(runtime::split("a", ','), ElementsAre("a"));
}

TEST(Text, HasEmptyPartsWhereNothingStandsBetweenMarks) {
    EXPECT_THAT(runtime::split("", ','), ElementsAre(""));
    EXPECT_THAT(runtime::split(",a,,b,", ','), ElementsAre("", "a", "", "b", ""));
}

TEST(Text, IsSplitOnceAtTheFirstMark) {
    EXPECT_THAT(runtime::split_once("NAME=a=b", '='), Pair("NAME", "a=b"));
    EXPECT_THAT(runtime::split_once("NAME=", '='), Pair("NAME", ""));
    EXPECT_THAT(runtime::split_once("NAME", '='), Pair("NAME", ""));
}

}  // namespace
