#include "layers/store/guarded.hpp"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "layers/store/database.hpp"

namespace layers {
namespace {

template <typename Value>
concept IsReachedWithoutAName = requires(Guarded<Value>& guarded) {
    *guarded.lock();
};
template <typename Value>
concept IsQueriedWithoutAName = requires(Guarded<Value>& guarded) {
    guarded.lock()->query("");
};
template <typename Value>
concept IsReachedUnderItsLock = requires(const typename Guarded<Value>::Access& access) {
    *access;
};
template <typename Value>
concept IsQueriedUnderItsLock = requires(const typename Guarded<Value>::Access& access) {
    access->query("");
};

// What is not there cannot be written by mistake.
static_assert(IsReachedUnderItsLock<int> && !IsReachedWithoutAName<int>);
static_assert(IsQueriedUnderItsLock<Database> && !IsQueriedWithoutAName<Database>);
static_assert(!std::is_move_constructible_v<Query> && !std::is_copy_constructible_v<Query>);

TEST(Guarded, OneThreadAtATime) {
    Guarded<int> count(0);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&count] {
            for (int i = 0; i < 10'000; ++i) {
                const auto access = count.lock();
                ++*access;
            }
        });
    for (std::thread& thread : threads) thread.join();
    const auto access = count.lock();
    EXPECT_EQ(*access, 40'000);
}

TEST(Guarded, ItsHolderMayLockItAgain) {
    Guarded<int> value(1);
    const auto outer = value.lock();
    {
        const auto inner = value.lock();
        *inner = 2;
    }
    EXPECT_EQ(*outer, 2);
}

}  // namespace
}  // namespace layers
