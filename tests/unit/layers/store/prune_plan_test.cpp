#include "layers/store/prune_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace layers {
namespace {

constexpr std::int64_t day = 24 * 60 * 60;

/// A store with steps that each made a layer of 100 bytes, on the step before.
class PrunePlanTest : public ::testing::Test {
protected:
    std::size_t add_step(std::int64_t last_used, std::int64_t took_ms, std::vector<std::size_t> made_on = {}) {
        const std::int64_t layer = add_layer();
        contents_.layers[layer].is_cached = true;
        contents_.candidates.push_back({Prunable::Kind::step,
                                        "step" + std::to_string(layer),
                                        layer,
                                        0,
                                        last_used,
                                        took_ms,
                                        {layer},
                                        std::move(made_on)});
        return contents_.candidates.size() - 1;
    }
    std::int64_t add_layer() {
        const auto layer = static_cast<std::int64_t>(contents_.layers.size() + 1);
        contents_.layers[layer].bytes = 100;
        contents_.total_bytes += 100;
        return layer;
    }
    void add_image(const std::string& id, std::int64_t last_used, std::vector<std::int64_t> layers) {
        for (const std::int64_t layer : layers) ++contents_.layers[layer].images;
        contents_.candidates.push_back({Prunable::Kind::image, id, 0, 0, last_used, 0, std::move(layers), {}});
    }
    std::vector<std::string> removed(const PruneLimits& limits, const PruneFilter& filter = {}) {
        plan_ = plan_prune(contents_, limits, filter);
        std::vector<std::string> ids;
        for (const Prunable& one : plan_.removed) ids.push_back(one.id);
        return ids;
    }
    std::vector<std::string> removed_to(std::int64_t bytes) {
        PruneLimits limits;
        limits.keep_bytes = bytes;
        return removed(limits);
    }
    using Ids = std::vector<std::string>;

    StoreContents contents_;
    PrunePlan plan_;
};

TEST_F(PrunePlanTest, TakesWhatWasUsedLeastRecently) {
    add_step(5 * day, 10);
    add_step(2 * day, 10);
    add_step(9 * day, 10);
    EXPECT_EQ(removed_to(300), Ids());
    EXPECT_EQ(removed_to(299), Ids({"step2"}));
    EXPECT_EQ(removed_to(100), Ids({"step2", "step1"}));
    EXPECT_EQ(plan_.freed_bytes, 200);
    EXPECT_EQ(plan_.kept_bytes, 100);
}

TEST_F(PrunePlanTest, OfOneDayTakesWhatIsQuicklyMadeAgain) {
    add_step(2 * day + 5, 60'000);
    add_step(2 * day + 9, 20);
    EXPECT_EQ(removed_to(100), Ids({"step2"}));
}

TEST_F(PrunePlanTest, TakesAStepAfterThoseThatWereMadeOnIt) {
    const auto below = add_step(2 * day, 1);
    add_step(2 * day, 60'000, {below});
    EXPECT_EQ(removed_to(100), Ids({"step2"}));
    EXPECT_EQ(removed_to(0), Ids({"step2", "step1"}));
}

TEST_F(PrunePlanTest, LeavesTheStepsOfWhatStays) {
    add_step(day, 1);
    contents_.layers[1].images = 1;  // of an image that is no candidate
    add_step(day, 1);
    contents_.layers[2].is_held = true;  // by a container
    EXPECT_EQ(removed_to(0), Ids());
    EXPECT_EQ(removed({}), Ids());
}

TEST_F(PrunePlanTest, AnImagesLayersComeFreeWithTheLastThatHasThem) {
    const std::int64_t shared = add_layer();
    const std::int64_t own = add_layer();
    add_image("first", day, {shared, own});
    add_image("second", 2 * day, {shared});
    EXPECT_EQ(removed_to(100), Ids({"first"}));
    EXPECT_EQ(plan_.removed.front().bytes, 100);
    EXPECT_EQ(removed_to(0), Ids({"first", "second"}));
    EXPECT_EQ(plan_.freed_bytes, 200);
}

TEST_F(PrunePlanTest, AStepIsReadyWhenItsImageIsGone) {
    add_step(day, 1);
    add_image("image", 3 * day, {1});
    EXPECT_EQ(removed_to(0), Ids({"image", "step1"}));
    PruneLimits older;
    older.unused_since = 4 * day;
    EXPECT_EQ(removed(older), Ids({"image", "step1"}));
    older.unused_since = 2 * day;  // the step is old, its image is not
    EXPECT_EQ(removed(older), Ids());
}

TEST_F(PrunePlanTest, AgeAndRoomAreHeldTogether) {
    add_step(day, 1);
    add_step(5 * day, 1);
    add_step(6 * day, 1);
    PruneLimits limits;
    limits.unused_since = 2 * day;
    EXPECT_EQ(removed(limits), Ids({"step1"}));
    limits.keep_bytes = 100;
    EXPECT_EQ(removed(limits), Ids({"step1", "step2"}));
    PruneLimits room;
    contents_.free_bytes = 50;
    room.min_free_bytes = 200;
    EXPECT_EQ(removed(room), Ids({"step1", "step2"}));
}

TEST_F(PrunePlanTest, AFilterKeepsWhatDoesNotFit) {
    add_step(day, 1);
    contents_.candidates.push_back({Prunable::Kind::cache_mount, "mount", 1, 70, 2 * day});
    contents_.total_bytes += 70;
    const PruneFilter mounts = [](const Prunable& one) { return one.kind == Prunable::Kind::cache_mount; };
    EXPECT_EQ(removed({}, mounts), Ids({"mount"}));
    EXPECT_EQ(plan_.freed_bytes, 70);
    auto all = removed({});
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, Ids({"mount", "step1"}));
}

}  // namespace
}  // namespace layers
