#include "layers/store/store.hpp"

#include "overlay/whiteout.hpp"
#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::HasSubstr;

/// Stores change how this process reads all layers: what other tests rely on is put back.
class StoreFormatTest : public StoreTest {
protected:
    void TearDown() override { work_in_format(StoreFormat::root); }
};

TEST_F(StoreFormatTest, AStoreKeepsTheFormatItWasMadeIn) {
    { const Store store(location(), StoreFormat::root); }
    try {
        const Store store(location(), StoreFormat::user_ranges);
        FAIL() << "it was opened";
    } catch (const runtime::Error& error) {
        EXPECT_THAT(error.full_message(), HasSubstr("was made by root"));
    }
    EXPECT_EQ(sql("SELECT value FROM properties WHERE name = 'format'"), "root");
}

TEST_F(StoreFormatTest, ThisProcessWorksInTheFormatOfTheStore) {
    {
        const Store store(location(), StoreFormat::owners_aside);
        EXPECT_EQ(overlay::store_marks(), overlay::MarkNamespace::user);
    }
    const runtime::TempFolder other;
    const Store store({other.path("root"), other.path("run")}, StoreFormat::root);
    EXPECT_EQ(overlay::store_marks(), overlay::MarkNamespace::trusted);
}

TEST_F(StoreTest, NewerFormatIsRefused) {
    { const Store store(location()); }
    sql("PRAGMA user_version = 999");
    EXPECT_THROW(Store store(location()), runtime::Error);
}

TEST_F(StoreTest, TheDriverIsTheOneThatWasAskedFor) {
    StoreLocation with_copies = location();
    with_copies.driver = overlay::Driver::copies;
    Store store(with_copies);
    EXPECT_EQ(store.driver(), overlay::Driver::copies);
    EXPECT_EQ(store.refusal_of_overlayfs(), "");
}

TEST_F(StoreTest, ADriverThatWorkedOnceIsNotTriedAgain) {
    Store store(location());
    runtime::write_all(runtime::open_path(location().runroot + "/overlayfs-works", O_WRONLY | O_CREAT, 0600), "",
                       "note");
    EXPECT_EQ(store.driver(), overlay::Driver::overlayfs);
    ::unlink((location().runroot + "/overlayfs-works").c_str());
    EXPECT_EQ(store.driver(), overlay::Driver::overlayfs);
}

TEST_F(StoreTest, SummaryCountsAll) {
    Store store(location());
    store.images().put(image_of(add_layer(store, 1), {}));
    add_layer(store, 2);
    store.blobs().add(staged_file(store, "content"), blob_of("content"));
    const Store::Summary summary = store.summary();
    EXPECT_EQ(summary.images, 1);
    EXPECT_EQ(summary.layers, 2);
    EXPECT_EQ(summary.layer_bytes, 2048);
    EXPECT_EQ(summary.blobs, 1);
    EXPECT_EQ(summary.blob_bytes, 7);
}

TEST_F(StoreTest, AbandonedStagingIsSwept) {
    const std::string staging = location().staging();
    runtime::make_folders(staging + "/abandoned/0/diff");
    StagingArea area(staging);
    const StagedLayer live = area.new_layer();
    StagingArea::sweep(staging);
    EXPECT_FALSE(exists(staging + "/abandoned"));
    EXPECT_TRUE(exists(live.diff_path()));
}

TEST_F(StoreTest, OpeningItLeavesWhatOthersAreAt) {
    const std::string abandoned = location().staging() + "/abandoned";
    Store first(location());
    const StagedLayer live = first.staging().new_layer();
    runtime::make_folders(abandoned + "/0/diff");
    { const Store second(location()); }
    EXPECT_FALSE(exists(abandoned));
    EXPECT_TRUE(exists(live.diff_path()));
}

TEST_F(StoreTest, WhatAKilledProcessLeftIsSweptByTheNext) {
    { const Store store(location()); }
    const std::string abandoned = location().staging() + "/abandoned";
    runtime::make_folders(abandoned + "/0/diff");
    const Store next(location());
    EXPECT_FALSE(exists(abandoned));
}

}  // namespace
}  // namespace layers
