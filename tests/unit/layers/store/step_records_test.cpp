#include "layers/store/step_records.hpp"

#include <thread>

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using StepRecordsTest = StoreTest;

TEST_F(StepRecordsTest, InputsAreRemembered) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    store.step_records().put({digest(7), digest(8), layer, "2026-01-01T00:00:00Z"},
                             {{"file a", "1"}, {"file b", "\xff"}});
    ASSERT_TRUE(store.step_records().find(digest(7), ""));
    EXPECT_EQ(store.step_records().find(digest(7), "")->layer->id, layer.id);
    ASSERT_THAT(store.step_records().inputs_of(digest(8)), SizeIs(2));
    EXPECT_EQ(store.step_records().inputs_of(digest(8))[1].value, "\xff");
    EXPECT_THAT(store.step_records().inputs_of(digest(9)), IsEmpty());
}

TEST_F(StepRecordsTest, ARecordIsGoodOnlyOnTheFilesItWasMadeOn) {
    Store store(location());
    store.step_records().put({digest(7), digest(8), std::nullopt, "then", "below", "run"}, {});
    EXPECT_FALSE(store.step_records().find(digest(7), "other"));
    const auto found = store.step_records().find(digest(7), "below");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->step, digest(8));
    EXPECT_EQ(found->created, "then");
    EXPECT_EQ(found->run, "run");
    EXPECT_FALSE(found->layer);
}

TEST_F(StepRecordsTest, TheNewOneTakesThePlaceOfTheOld) {
    Store store(location());
    store.step_records().put({digest(7), digest(8), std::nullopt, "", "old", "1"}, {});
    store.step_records().put({digest(7), digest(8), std::nullopt, "", "new", "2"}, {});
    EXPECT_FALSE(store.step_records().find(digest(7), "old"));
    EXPECT_EQ(store.step_records().find(digest(7), "new")->run, "2");
}

TEST_F(StepRecordsTest, OneWhoseLayerWasTakenAwayIsForgotten) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    store.step_records().put({digest(7), digest(8), layer, ""}, {});
    runtime::remove_tree(layer.folder);
    EXPECT_FALSE(store.step_records().find(digest(7), ""));
    EXPECT_EQ(store.summary().cache_records, 0);
}

TEST_F(StepRecordsTest, ThreadsMayShareThem) {
    Store store(location());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&store, t] {
            for (int i = 0; i < 20; ++i)
                store.step_records().put({digest(100 * t + i), digest(t), add_layer(store, i), ""}, {});
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(store.summary().layers, 20);
    EXPECT_EQ(store.summary().cache_records, 80);
}

TEST_F(StepRecordsTest, LayerMarkAndRecordAreOneChange) {
    Store store(location());
    const std::string folder = adopt(store, "1");
    EXPECT_THROW(store.transactions().run([&] {
        const LayerRecord layer = store.layers().record({folder, digest(1), 1024});
        store.searched_layers().note_searched(layer, 5);
        store.step_records().put({digest(7), digest(8), layer, ""}, {});
        throw runtime::Error("half way");
    }),
                 runtime::Error);
    EXPECT_EQ(store.summary().layers, 0);
    EXPECT_EQ(store.summary().cache_records, 0);
}

}  // namespace
}  // namespace layers
