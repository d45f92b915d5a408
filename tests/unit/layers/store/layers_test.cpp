#include "layers/store/layers.hpp"

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using LayersTest = StoreTest;

TEST_F(LayersTest, IsFoundAfterReopening) {
    std::string folder;
    {
        Store store(location());
        folder = add_layer(store, 1).folder;
    }
    Store store(location());
    ASSERT_THAT(store.layers().find(digest(1)), SizeIs(1));
    EXPECT_EQ(store.layers().find(digest(1)).front().folder, folder);
    EXPECT_EQ(runtime::read_file(folder + "/file"), "1");
    EXPECT_THAT(store.layers().find(digest(2)), IsEmpty());
}

TEST_F(LayersTest, AnAdoptedFolderStaysAsLongAsTheStoreIsOpen) {
    std::string folder;
    {
        Store store(location());
        folder = adopt(store, "1");
        EXPECT_EQ(runtime::read_file(folder + "/file"), "1");
    }
    EXPECT_FALSE(exists(folder));
}

TEST_F(LayersTest, SameDiffIdIsKeptOnce) {
    LayerRecord first{0, digest(0), "", 0, {}};
    {
        Store store(location());
        first = add_layer(store, 1);
        const LayerRecord second = add_layer(store, 1);
        EXPECT_EQ(first.id, second.id);
        EXPECT_EQ(first.folder, second.folder);
    }
    // The folder that lost is gone with the process that made it.
    EXPECT_TRUE(exists(first.folder));
    Store store(location());
    EXPECT_EQ(store.summary().layers, 1);
}

TEST_F(LayersTest, WhatItTakesFromThoseBelowIsAPartOfIt) {
    Store store(location());
    const auto add = [&](std::vector<BorrowedFolder> borrowed) {
        return store.layers().record({adopt(store, "1"), digest(1), 1024, {}, std::move(borrowed)});
    };
    const LayerRecord open = add({{"etc", 0777, 1000, 1000}});
    const LayerRecord closed = add({{"etc", 0755, 0, 0}});
    EXPECT_NE(open.folder, closed.folder);
    EXPECT_EQ(add({{"etc", 0755, 0, 0}}).folder, closed.folder);
    ASSERT_THAT(store.layers().find(digest(1)), SizeIs(2));
    EXPECT_EQ(store.layers().find(digest(1)).front().id, closed.id);
    EXPECT_EQ(store.layers().find(digest(1)).back().borrowed.front().mode, 0777U);
}

TEST_F(LayersTest, OneWhoseFilesWereTakenAwayGetsTheNewOnes) {
    Store store(location());
    const LayerRecord before = add_layer(store, 1);
    runtime::remove_tree(before.folder.substr(0, before.folder.rfind('/')));
    EXPECT_THAT(store.layers().find(digest(1)), IsEmpty());
    const LayerRecord after = add_layer(store, 1);
    EXPECT_EQ(after.id, before.id);
    EXPECT_NE(after.folder, before.folder);
    EXPECT_TRUE(after.is_there());
    EXPECT_THAT(store.layers().find(digest(1)), SizeIs(1));
}

TEST_F(LayersTest, RulesForTimesAreKept) {
    Store store(location());
    store.layers().record({adopt(store, "1"), digest(1), 1024, {.clamp_seconds = 5, .clamp_all = true}});
    const TimeRule times = store.layers().find(digest(1)).at(0).times;
    EXPECT_EQ(times.clamp_seconds, 5);
    EXPECT_TRUE(times.clamp_all);
}

TEST_F(LayersTest, ABlobComesTogetherWithItsLayer) {
    Store store(location());
    BlobRecord blob = blob_of("packed");
    blob.diff_id = digest(1);
    store.layers().record({adopt(store, "1"), digest(1), 1024}, staged_file(store, "packed"), blob);
    EXPECT_TRUE(store.blobs().find(blob.digest));
    EXPECT_THAT(store.layers().find(digest(1)), SizeIs(1));
    EXPECT_THROW(store.layers().record({adopt(store, "2"), digest(2), 1024}, store.staging().new_path(), blob),
                 runtime::Error);
    EXPECT_THAT(store.layers().find(digest(2)), IsEmpty());
}

TEST_F(LayersTest, ThoseOfAnImageComeFromTheBottomUp) {
    Store store(location());
    const LayerRecord bottom = add_layer(store, 1);
    const LayerRecord top = add_layer(store, 2);
    NewImage image = image_of(bottom, {});
    image.layers.push_back(top);
    const auto layers = store.layers().of_image(store.images().put(image).id);
    ASSERT_THAT(layers, SizeIs(2));
    EXPECT_EQ(layers[0].id, bottom.id);
    EXPECT_EQ(layers[1].id, top.id);
}

TEST_F(LayersTest, ThoseOfAnImageThatIsGoneAreNotTakenForNone) {
    Store store(location());
    NewImage empty = image_of(add_layer(store, 1), {});
    empty.layers.clear();
    const Digest none = store.images().put(empty).id;
    EXPECT_THAT(store.layers().of_image(none), IsEmpty());
    store.images().remove(none);
    EXPECT_THROW(store.layers().of_image(none), runtime::Error);
}

TEST_F(LayersTest, ThoseOfAnotherBootAreNotTrusted) {
    {
        Store store(location());
        const LayerRecord unflushed = add_layer(store, 1);
        store.step_records().put({digest(7), digest(8), unflushed, ""}, {});
        store.images().put(image_of(add_layer(store, 2), {"localhost/safe:latest"}));
        const ContainerRecord container = store.containers().add(container_named("work"));
        store.containers().seal(container.id, container.diff_path(), digest(3), 1024, {});
    }
    // As if the machine had gone down before the folder reached the disk.
    ASSERT_EQ(sql("SELECT count(*) FROM layers WHERE boot_id IS NOT NULL"), "2");
    sql("UPDATE layers SET boot_id = 'another' WHERE boot_id IS NOT NULL");
    Store store(location());
    EXPECT_THAT(store.layers().find(digest(1)), IsEmpty());
    EXPECT_FALSE(store.step_records().find(digest(7), ""));
    EXPECT_THAT(store.layers().find(digest(2)), SizeIs(1));
    EXPECT_TRUE(store.images().find_by_name("localhost/safe:latest"));
    // All that there is of what a container wrote.
    EXPECT_THAT(store.layers().find(digest(3)), SizeIs(1));
}

}  // namespace
}  // namespace layers
