#include "layers/store/garbage.hpp"

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using GarbageTest = StoreTest;

TEST_F(GarbageTest, IsWhatNothingNames) {
    Store store(location());
    const LayerRecord kept = add_layer(store, 1);
    const LayerRecord dropped = add_layer(store, 2);
    const ImageRecord image = store.images().put(image_of(dropped, {"localhost/x:latest"}));
    store.step_records().put({digest(7), digest(8), kept, "2026-01-01T00:00:00Z"}, {});
    store.images().remove(image.id);
    EXPECT_EQ(store.garbage().collect(), 1024);
    EXPECT_TRUE(exists(kept.folder));
    EXPECT_FALSE(exists(dropped.folder));
}

/// Somebody who stands on some folders as long as this says so.
class OneUser final : public LayerUsers {
public:
    std::set<std::string> used_folders() override { return folders; }
    std::set<std::string> withdraw() override { return folders; }
    void use(const LayerRecord& layer) {
        const std::string path = layer.folder.substr(0, layer.folder.rfind('/'));
        folders.insert(path.substr(path.rfind('/') + 1));
    }
    std::set<std::string> folders;
};

TEST_F(GarbageTest, WhatOthersUseStaysWithItsRecord) {
    Store store(location());
    const LayerRecord used = add_layer(store, 1);
    const LayerRecord dropped = add_layer(store, 2);
    OneUser user;
    user.use(used);
    store.garbage().ask(user);
    EXPECT_EQ(store.garbage().collect(), 1024);
    EXPECT_FALSE(exists(dropped.folder));
    EXPECT_TRUE(exists(used.folder));
    ASSERT_EQ(store.layers().find(used.diff_id).size(), 1U);
    EXPECT_EQ(store.layers().find(used.diff_id).front().folder, used.folder);
    store.step_records().put({digest(7), digest(8), used, ""}, {});
    EXPECT_TRUE(store.garbage().plan({}, {}).removed.empty()) << "a step whose layer gives no room";
    store.garbage().clear_cache();
    user.folders.clear();
    EXPECT_EQ(store.garbage().collect(), 1024);
    EXPECT_FALSE(exists(used.folder));
}

TEST_F(GarbageTest, NothingIsCollectedUnderAnother) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    runtime::make_folders(store.location().root + "/git/one");
    {
        const Store other(location());
        EXPECT_EQ(store.garbage().collect(), 0);
        store.garbage().clear_kept_folders();
        EXPECT_TRUE(exists(layer.folder));
        EXPECT_TRUE(exists(store.location().root + "/git/one"));
    }
    EXPECT_GT(store.garbage().collect(), 0);
    EXPECT_FALSE(exists(layer.folder));
}

TEST_F(GarbageTest, OthersMayUseTheStoreAfterwards) {
    Store store(location());
    store.garbage().collect();
    Store other(location());
    EXPECT_EQ(add_layer(other, 1).diff_id, digest(1));
}

TEST_F(GarbageTest, BlobsOfDownloadsStayForAWhile) {
    Store store(location());
    const BlobRecord blob = blob_of("content");
    store.blobs().add(staged_file(store, "content"), blob);
    store.downloads().put({"http://a", "", "", blob.digest, "", std::nullopt});
    store.garbage().collect();
    EXPECT_TRUE(store.blobs().find(blob.digest));
    sql("UPDATE downloads SET last_used = last_used - 15 * 24 * 60 * 60");
    EXPECT_EQ(store.garbage().collect(), 7);
    EXPECT_FALSE(store.downloads().find("http://a"));
    EXPECT_FALSE(store.blobs().find(blob.digest));
    EXPECT_FALSE(exists(store.blobs().path(blob.digest)));
}

TEST_F(GarbageTest, KeptFoldersGoWithAllThatIsInThem) {
    Store store(location());
    const std::string& root = store.location().root;
    for (const char* name : {"/cache-mounts/one", "/git/one", "/locks"}) runtime::make_folders(root + name);
    runtime::write_all(runtime::open_path(root + "/git/one/file", O_WRONLY | O_CREAT, 0600), std::string(10'000, 'x'),
                       "file");
    const LayerRecord layer = add_layer(store, 1);
    EXPECT_GE(store.garbage().clear_kept_folders(), 10'000);
    for (const char* name : {"/cache-mounts", "/git", "/locks"}) EXPECT_FALSE(exists(root + name)) << name;
    EXPECT_TRUE(exists(layer.folder));
}

TEST_F(GarbageTest, TheCacheIsForgottenAsAWhole) {
    Store store(location());
    store.step_records().put({digest(7), digest(8), add_layer(store, 1), ""}, {});
    store.step_records().put({digest(9), digest(8), std::nullopt, ""}, {});
    store.downloads().put({"http://a", "", "", digest(1), "", std::nullopt});
    store.file_memory().remember(1, 2, {{"name", {1, 2, 3, 4, std::string(32, 'd')}}});
    EXPECT_EQ(store.garbage().clear_cache(), 2);
    EXPECT_EQ(store.summary().cache_records, 0);
    EXPECT_FALSE(store.downloads().find("http://a"));
    EXPECT_TRUE(store.file_memory().recall(1, 2).empty());
}

}  // namespace
}  // namespace layers
