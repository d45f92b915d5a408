#include "layers/store/store.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <unistd.h>

#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class StoreTest : public testing::Test {
protected:
    StoreLocation location() const { return {folder_.path("root"), folder_.path("run")}; }

    static Digest digest(int number) { return Digest::of(std::to_string(number)); }

    /// A layer with one file, recorded under a made-up diff ID.
    static LayerRecord add_layer(Store& store, int number) {
        StagedLayer staged = store.staging().new_layer();
        runtime::write_all(runtime::open_path(staged.diff_path() + "/file", O_WRONLY | O_CREAT, 0644),
                           std::to_string(number), "file");
        staged.finish();
        return store.record_layer({store.adopt_layer(staged), digest(number), 1024});
    }
    static NewImage image_of(const LayerRecord& layer, std::vector<std::string> names) {
        return {R"({"n":")" + layer.diff_id.text() + "\"}",
                "{}",
                "type",
                "2026-01-01T00:00:00Z",
                {layer},
                std::move(names)};
    }
    runtime::TempFolder folder_;
};

TEST_F(StoreTest, LayerIsFoundAfterReopening) {
    std::string folder;
    {
        Store store(location());
        folder = add_layer(store, 1).folder;
    }
    Store store(location());
    ASSERT_THAT(store.find_layers(digest(1)), SizeIs(1));
    EXPECT_EQ(store.find_layers(digest(1)).front().folder, folder);
    EXPECT_EQ(runtime::read_file(folder + "/file"), "1");
    EXPECT_THAT(store.find_layers(digest(2)), IsEmpty());
}

TEST_F(StoreTest, SeveralThreadsPutImages) {
    Store store(location());
    std::vector<LayerRecord> layers;
    for (int i = 0; i < 40; ++i) layers.push_back(add_layer(store, i));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = t; i < 40; i += 4) {
                store.put_image(image_of(layers[static_cast<std::size_t>(i)], {}));
                static_cast<void>(store.list_images());
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(store.list_images(), SizeIs(40));
}

TEST_F(StoreTest, WhatALayerTakesFromThoseBelowIsAPartOfIt) {
    Store store(location());
    const auto add = [&](std::vector<BorrowedFolder> borrowed) {
        StagedLayer staged = store.staging().new_layer();
        staged.finish();
        return store.record_layer({store.adopt_layer(staged), digest(1), 1024, {}, std::move(borrowed)});
    };
    const LayerRecord open = add({{"etc", 0777, 1000, 1000}});
    const LayerRecord closed = add({{"etc", 0755, 0, 0}});
    EXPECT_NE(open.folder, closed.folder);
    EXPECT_EQ(add({{"etc", 0755, 0, 0}}).folder, closed.folder);
    ASSERT_THAT(store.find_layers(digest(1)), SizeIs(2));
    EXPECT_EQ(store.find_layers(digest(1)).back().borrowed.front().mode, 0777U);
}

TEST_F(StoreTest, AForeignManifestChangesNoOtherName) {
    Store store(location());
    NewImage image = image_of(add_layer(store, 1), {"localhost/good:latest"});
    store.put_image(image);
    image.manifest = R"({"annotations":{"by":"somebody else"}})";
    image.names.clear();
    image.is_foreign = true;
    const ImageRecord other = store.put_image(image);
    EXPECT_EQ(other.manifest, image.manifest);
    store.add_name(other, "localhost/other:latest");
    EXPECT_EQ(store.find_image_by_name("localhost/good:latest")->manifest, "{}");
    EXPECT_EQ(store.find_image(other.id)->manifest, "{}");
    EXPECT_EQ(store.find_image_by_name("localhost/other:latest")->manifest, image.manifest);
    EXPECT_EQ(store.find_image_by_name("localhost/other:latest")->manifest_digest, Digest::of(image.manifest));
}

TEST_F(StoreTest, SameDiffIdIsKeptOnce) {
    LayerRecord first{0, digest(0), "", 0, {}};
    {
        Store store(location());
        first = add_layer(store, 1);
        const LayerRecord second = add_layer(store, 1);
        EXPECT_EQ(first.id, second.id);
        EXPECT_EQ(first.folder, second.folder);
    }
    // The folder that lost is gone with the process that made it.
    EXPECT_EQ(::access(first.folder.c_str(), F_OK), 0);
    Store store(location());
    EXPECT_EQ(store.summary().layers, 1);
}

TEST_F(StoreTest, NamesMoveToTheNewestImage) {
    Store store(location());
    const ImageRecord old_image = store.put_image(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    const ImageRecord new_image =
        store.put_image(image_of(add_layer(store, 2), {"localhost/a:latest", "localhost/b:latest"}));
    EXPECT_EQ(store.find_image_by_name("localhost/a:latest")->id, new_image.id);
    EXPECT_THAT(store.find_image(old_image.id)->names, IsEmpty());
    EXPECT_THAT(store.find_image(new_image.id)->names, ElementsAre("localhost/b:latest", "localhost/a:latest"));
}

TEST_F(StoreTest, IdPrefixes) {
    Store store(location());
    const ImageRecord image = store.put_image(image_of(add_layer(store, 1), {}));
    EXPECT_EQ(store.find_images_by_prefix(std::string(image.id.hex().substr(0, 6))).size(), 1U);
    EXPECT_THAT(store.find_images_by_prefix("000000000000"), IsEmpty());
}

TEST_F(StoreTest, GarbageIsWhatNothingNames) {
    Store store(location());
    const LayerRecord kept = add_layer(store, 1);
    const LayerRecord dropped = add_layer(store, 2);
    const ImageRecord image = store.put_image(image_of(dropped, {"localhost/x:latest"}));
    store.put_cached({digest(7), digest(8), kept, "2026-01-01T00:00:00Z"}, {});
    store.remove_image(image.id);
    EXPECT_GT(store.collect_garbage(), 0);
    EXPECT_EQ(::access(kept.folder.c_str(), F_OK), 0);
    EXPECT_NE(::access(dropped.folder.c_str(), F_OK), 0);
}

TEST_F(StoreTest, NothingIsCollectedUnderAnother) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    {
        const Store other(location());
        EXPECT_EQ(store.collect_garbage(), 0);
        EXPECT_EQ(::access(layer.folder.c_str(), F_OK), 0);
    }
    EXPECT_GT(store.collect_garbage(), 0);
}

TEST_F(StoreTest, CacheRemembersInputs) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    store.put_cached({digest(7), digest(8), layer, "2026-01-01T00:00:00Z"}, {{"file a", "1"}, {"file b", "\xff"}});
    ASSERT_TRUE(store.find_cached(digest(7), ""));
    EXPECT_EQ(store.find_cached(digest(7), "")->layer->id, layer.id);
    ASSERT_EQ(store.inputs_of_step(digest(8)).size(), 2U);
    EXPECT_EQ(store.inputs_of_step(digest(8))[1].value, "\xff");
}

TEST_F(StoreTest, LayersOfAnotherBootAreNotTrusted) {
    {
        Store store(location());
        const LayerRecord unflushed = add_layer(store, 1);
        store.put_cached({digest(7), digest(8), unflushed, ""}, {});
        store.put_image(image_of(add_layer(store, 2), {"localhost/safe:latest"}));
    }
    // As if the machine had gone down before the folder reached the disk.
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((location().root + "/store.db").c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, "UPDATE layers SET boot_id = 'another' WHERE boot_id IS NOT NULL", nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(connection);
    Store store(location());
    EXPECT_THAT(store.find_layers(digest(1)), IsEmpty());
    EXPECT_FALSE(store.find_cached(digest(7), ""));
    EXPECT_THAT(store.find_layers(digest(2)), SizeIs(1));
    EXPECT_TRUE(store.find_image_by_name("localhost/safe:latest"));
}

TEST_F(StoreTest, NewerFormatIsRefused) {
    { Store store(location()); }
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((location().root + "/store.db").c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, "PRAGMA user_version = 999", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
    EXPECT_THROW(Store store(location()), runtime::Error);
}

TEST_F(StoreTest, FailedTransactionLeavesNothing) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    EXPECT_THROW(store.in_transaction([&] {
        store.put_cached({digest(7), digest(8), layer, ""}, {});
        throw runtime::Error("half way");
    }),
                 runtime::Error);
    EXPECT_FALSE(store.find_cached(digest(7), ""));
    store.in_transaction([&] {
        store.in_transaction([&] { store.put_cached({digest(7), digest(8), layer, ""}, {}); });
    });
    EXPECT_TRUE(store.find_cached(digest(7), ""));
}

TEST_F(StoreTest, ThreadsMayShareIt) {
    Store store(location());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&store, t] {
            for (int i = 0; i < 20; ++i)
                store.put_cached({digest(100 * t + i), digest(t), add_layer(store, i), ""}, {});
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(store.summary().layers, 20);
    EXPECT_EQ(store.summary().cache_records, 80);
}

TEST_F(StoreTest, AbandonedStagingIsSwept) {
    const std::string staging = location().root + "/staging";
    runtime::make_folders(staging + "/abandoned/0/diff");
    StagingArea area(staging);
    const StagedLayer live = area.new_layer();
    StagingArea::sweep(staging);
    EXPECT_NE(::access((staging + "/abandoned").c_str(), F_OK), 0);
    EXPECT_EQ(::access(live.diff_path().c_str(), F_OK), 0);
}

TEST_F(StoreTest, OpeningItLeavesWhatOthersAreAt) {
    const std::string abandoned = location().root + "/staging/abandoned";
    Store first(location());
    const StagedLayer live = first.staging().new_layer();
    runtime::make_folders(abandoned + "/0/diff");
    { const Store second(location()); }
    EXPECT_NE(::access(abandoned.c_str(), F_OK), 0);
    EXPECT_EQ(::access(live.diff_path().c_str(), F_OK), 0);
}

TEST_F(StoreTest, WhatAKilledProcessLeftIsSweptByTheNext) {
    { const Store store(location()); }
    const std::string abandoned = location().root + "/staging/abandoned";
    runtime::make_folders(abandoned + "/0/diff");
    const Store next(location());
    EXPECT_NE(::access(abandoned.c_str(), F_OK), 0);
}

TEST(FileDigests, PackedAndBack) {
    RememberedFolder folder;
    folder["name\nwith\xff"] = {1, 2, 3, 4, std::string(32, 'd')};
    folder["other"] = {5, 6, 7, 8, std::string(32, 'e')};
    const std::string bytes = pack_folder(folder);
    const RememberedFolder back = unpack_folder(bytes);
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back.at("name\nwith\xff").changed_ns, 4);
    EXPECT_EQ(back.at("other").digest, std::string(32, 'e'));
    EXPECT_LT(unpack_folder(std::string_view(bytes).substr(0, bytes.size() - 1)).size(), 2U);
}

TEST(FileDigests, YoungFilesAreNotSettled) {
    struct stat status {};
    status.st_mtim = {1000, 0};
    status.st_ctim = {1000, 50};
    EXPECT_FALSE(is_settled(status, 1'000'000'000'100));
    EXPECT_TRUE(is_settled(status, 1'001'000'000'000));
}

}  // namespace
}  // namespace layers
