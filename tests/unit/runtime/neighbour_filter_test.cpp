// What processes that see those of the machine may do to them, run as the kernel runs it.
#include "runtime/sys/neighbour_filter.hpp"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>

#include "tests/unit/runtime/filter_machine.hpp"

namespace runtime {
namespace {

constexpr std::uint32_t refused = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t allowed = SECCOMP_RET_ALLOW;
constexpr long x32 = 0x40000000;

std::uint32_t answer(long number, std::uint64_t first, std::uint64_t third, std::uint32_t machine = AUDIT_ARCH_X86_64) {
    seccomp_data data{};
    data.nr = static_cast<int>(number);
    data.arch = machine;
    data.args[0] = first;
    data.args[2] = third;
    return run_filter(neighbour_filter(), data);
}

TEST(NeighbourFilter, LimitsAreForTheCallerOnly) {
    for (const std::uint64_t limits : {std::uint64_t{0x1000}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        for (const long call : {long{SYS_prlimit64}, x32 | SYS_prlimit64}) {
            EXPECT_EQ(answer(call, 1, limits), refused) << limits;
            EXPECT_EQ(answer(call, 0, limits), allowed) << limits;
            EXPECT_EQ(answer(call, std::uint64_t{1} << 32, limits), allowed) << "the kernel reads the lower half";
        }
    }
    EXPECT_EQ(answer(SYS_prlimit64, 1, 0), allowed) << "they can be asked";
    EXPECT_EQ(answer(340, 1, 0x1000, AUDIT_ARCH_I386), refused);
    EXPECT_EQ(answer(340, 0, 0x1000, AUDIT_ARCH_I386), allowed);
    EXPECT_EQ(answer(340, 1, 0x1000), allowed) << "the number of another machine";
}

TEST(NeighbourFilter, PrioritiesAreNotForWholeUsers) {
    for (const std::uint64_t high : {std::uint64_t{0}, std::uint64_t{1} << 32}) {
        EXPECT_EQ(answer(SYS_setpriority, high | PRIO_USER, 19), refused);
        EXPECT_EQ(answer(SYS_ioprio_set, high | 3, 0), refused);
    }
    EXPECT_EQ(answer(97, PRIO_USER, 19, AUDIT_ARCH_I386), refused);
    EXPECT_EQ(answer(289, 3, 0, AUDIT_ARCH_I386), refused);
    EXPECT_EQ(answer(SYS_setpriority, PRIO_PROCESS, 19), allowed);
    EXPECT_EQ(answer(SYS_ioprio_set, 1, 0), allowed);
    EXPECT_EQ(answer(SYS_read, 3, 1), allowed);
}

}  // namespace
}  // namespace runtime
