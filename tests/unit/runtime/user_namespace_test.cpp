#include "runtime/sys/user_namespace.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

std::string text(const std::vector<IdRange>& ranges) {
    std::string result;
    for (const IdRange& range : ranges)
        result += std::to_string(range.inside) + "=" + std::to_string(range.outside) + "+" +
                  std::to_string(range.count) + " ";
    return result;
}

TEST(SubordinateRanges, AreThoseOfTheNameAndOfTheNumber) {
    const std::string file = "alice:100:10\nbob:200:20\n1000:300:30\nalice:400:0\nalice:bad\n\nalice:500:50";
    EXPECT_EQ(text(subordinate_ranges(file, "alice", 1000)), "0=100+10 0=300+30 0=500+50 ");
    EXPECT_EQ(text(subordinate_ranges(file, "carol", 1)), "");
}

TEST(RootMapping, PutsTheUserFirstAndTheRangesBehind) {
    EXPECT_EQ(text(root_mapping(1000, {{0, 100, 10}, {0, 500, 50}})), "0=1000+1 1=100+10 11=500+50 ");
    EXPECT_EQ(text(root_mapping(1000, {})), "0=1000+1 ");
}

TEST(IdentityMapping, GivesEachIdAsItself) {
    EXPECT_EQ(text(identity_mapping("         0       4711          1\n         1     200000      65536\n")),
              "0=0+1 1=1+65536 ");
}

}  // namespace
}  // namespace runtime
