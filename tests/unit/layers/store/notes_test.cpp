// The parts of the store that only make later commands quicker.
#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SearchedLayersTest = StoreTest;
using FileMemoryTest = StoreTest;
using DownloadsTest = StoreTest;
using RegistryNotesTest = StoreTest;
using StoreLocksTest = StoreTest;

TEST_F(SearchedLayersTest, AreKnownByLayerAndMark) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    const LayerRecord other = add_layer(store, 2);
    store.searched_layers().note_searched(layer, 5);
    store.searched_layers().note_searched(layer, 5);
    EXPECT_TRUE(store.searched_layers().was_searched(layer, 5));
    EXPECT_FALSE(store.searched_layers().was_searched(layer, 6));
    EXPECT_FALSE(store.searched_layers().was_searched(other, 5));
}

TEST_F(SearchedLayersTest, TheSaltStays) {
    std::string salt;
    {
        Store store(location());
        salt = store.searched_layers().salt();
    }
    EXPECT_THAT(salt, testing::SizeIs(16));
    Store store(location());
    EXPECT_EQ(store.searched_layers().salt(), salt);
}

TEST_F(FileMemoryTest, TheNewTakesThePlaceOfTheOld) {
    Store store(location());
    const std::uint64_t high = ~std::uint64_t{0};
    EXPECT_THAT(store.file_memory().recall(high, 2), IsEmpty());
    store.file_memory().remember(high, 2, {{"old", {1, 2, 3, 4, std::string(32, 'd')}}});
    store.file_memory().remember(high, 2, {{"new", {1, 2, 3, 4, std::string(32, 'd')}}});
    const RememberedFolder folder = store.file_memory().recall(high, 2);
    ASSERT_EQ(folder.size(), 1U);
    EXPECT_EQ(folder.at("new").digest, std::string(32, 'd'));
}

TEST_F(DownloadsTest, AreFoundByAddress) {
    Store store(location());
    EXPECT_FALSE(store.downloads().find("http://a"));
    store.downloads().put({"http://a", "etag", "yesterday", digest(1), "name", 5});
    store.downloads().put({"http://b", "", "", digest(2), "", std::nullopt});
    const auto found = store.downloads().find("http://a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->etag, "etag");
    EXPECT_EQ(found->digest, digest(1));
    EXPECT_EQ(found->modified, 5);
    EXPECT_EQ(store.downloads().find("http://b")->modified, std::nullopt);
}

TEST_F(DownloadsTest, OneThatCannotBeNotedEndsNothing) {
    Store store(location());
    sql("DROP TABLE downloads");
    store.downloads().put({"http://a", "", "", digest(1), "", std::nullopt});
    EXPECT_THROW(store.downloads().find("http://a"), runtime::Error);
}

TEST_F(RegistryNotesTest, PackedLayersAreKnownByPacking) {
    Store store(location());
    store.registry_notes().note_packed_layer(digest(1), "gzip 0", {digest(2), 10, std::nullopt});
    EXPECT_FALSE(store.registry_notes().find_packed_layer(digest(1), "zstd 3"));
    const auto found = store.registry_notes().find_packed_layer(digest(1), "gzip 0");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->digest, digest(2));
    EXPECT_EQ(found->size_bytes, 10);
    EXPECT_EQ(found->diff_id, digest(1));
}

TEST_F(RegistryNotesTest, TheNewestPlacesComeFirst) {
    Store store(location());
    for (const char* repository : {"a", "b", "c", "d"})
        store.registry_notes().note_blob_location(digest(1), "host", repository);
    store.registry_notes().note_blob_location(digest(1), "other", "e");
    sql("UPDATE blob_locations SET last_seen = unicode(repository)");
    EXPECT_THAT(store.registry_notes().blob_repositories(digest(1), "host"), ElementsAre("d", "c", "b"));
    store.registry_notes().forget_blob_location(digest(1), "host", "c");
    EXPECT_THAT(store.registry_notes().blob_repositories(digest(1), "host"), ElementsAre("d", "b", "a"));
    EXPECT_THAT(store.registry_notes().blob_repositories(digest(2), "host"), IsEmpty());
}

TEST_F(StoreLocksTest, OneNameIsOneLock) {
    const Store store(location());
    const runtime::FileLock lock = store.locks().open("name");
    const runtime::FileLock again = store.locks().open("name");
    ASSERT_TRUE(lock.try_lock(runtime::FileLock::Kind::exclusive));
    EXPECT_FALSE(again.try_lock(runtime::FileLock::Kind::shared));
    EXPECT_TRUE(store.locks().open("other").try_lock(runtime::FileLock::Kind::exclusive));
    store.locks().remove("name");
    EXPECT_FALSE(lock.is_current());
    EXPECT_FALSE(exists(store.locks().path("name")));
}

}  // namespace
}  // namespace layers
