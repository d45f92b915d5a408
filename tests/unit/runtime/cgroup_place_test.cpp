#include <gtest/gtest.h>

#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/cgroup.hpp"
#include "runtime/container/cgroup/systemd_scope.hpp"

namespace runtime {
namespace {

TEST(Slices, LieInThoseThatTheirNamesBeginWith) {
    EXPECT_EQ(path_of_slice("machine.slice"), "/machine.slice");
    EXPECT_EQ(path_of_slice("a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice");
    EXPECT_EQ(path_of_slice("-.slice"), "");
    for (const char* bad : {"machine", "a--b.slice", "-a.slice", "a-.slice", "/a.slice", ".slice", "a/b.slice"})
        EXPECT_THROW(path_of_slice(bad), Error) << bad;
}

TEST(Limits, NeedTheirControllers) {
    CgroupLimits limits;
    EXPECT_TRUE(controllers_for(limits).empty());
    limits.memory_bytes = 1 << 20;
    limits.most_processes = 5;
    EXPECT_EQ(controllers_for(limits), (std::vector<std::string>{"memory", "pids"}));
}

}  // namespace
}  // namespace runtime
