#include "runtime/sys/filter_assembler.hpp"

#include <gtest/gtest.h>

#include "runtime/base/error.hpp"
#include "tests/unit/runtime/filter_machine.hpp"

namespace runtime {
namespace {

std::uint32_t answer_to(const std::vector<sock_filter>& program, int number, std::uint64_t argument) {
    seccomp_data data{};
    data.nr = number;
    data.args[0] = argument;
    return run_filter(program, data);
}

TEST(FilterAssembler, GoesToTheLabelThatAJumpNames) {
    FilterAssembler filter;
    const auto equal = filter.label(), above = filter.label();
    filter.load_argument(0);
    filter.jump_if_equal(3, equal);
    filter.jump_if_above(5, above);
    filter.answer(1);
    filter.place(equal);
    filter.answer(2);
    filter.place(above);
    filter.answer(3);
    const auto program = filter.take();
    EXPECT_EQ(answer_to(program, 0, 4), 1U);
    EXPECT_EQ(answer_to(program, 0, 3), 2U);
    EXPECT_EQ(answer_to(program, 0, 6), 3U);
}

TEST(FilterAssembler, PerformsABodyForItsValueOnly) {
    FilterAssembler filter;
    filter.where(offsetof(seccomp_data, nr), 7, [&] {
        const auto passes = filter.label();
        filter.load_argument(0);
        filter.jump_unless_set(0x10, passes);
        filter.answer(1);
        filter.place(passes);
    });
    filter.answer(2);
    const auto program = filter.take();
    EXPECT_EQ(answer_to(program, 7, 0x11), 1U);
    EXPECT_EQ(answer_to(program, 7, 0x01), 2U);
    EXPECT_EQ(answer_to(program, 8, 0x11), 2U);
}

TEST(FilterAssembler, RefusesAJumpToNowhere) {
    FilterAssembler filter;
    const auto nowhere = filter.label();
    filter.load_argument(0);
    filter.jump_if_equal(1, nowhere);
    filter.answer(1);
    EXPECT_THROW(filter.take(), Error);
}

/// The kernel keeps a distance in eight bits.
TEST(FilterAssembler, RefusesAJumpThatIsTooLong) {
    for (const int count : {255, 256}) {
        FilterAssembler filter;
        const auto far = filter.label();
        filter.load_argument(0);
        filter.jump_if_equal(1, far);
        for (int i = 0; i < count; ++i) filter.answer(1);
        filter.place(far);
        filter.answer(2);
        if (count == 256) {
            EXPECT_THROW(filter.take(), Error);
        } else {
            EXPECT_EQ(answer_to(filter.take(), 0, 1), 2U);
        }
    }
}

}  // namespace
}  // namespace runtime
