#include "layers/store/blobs.hpp"

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using BlobsTest = StoreTest;

TEST_F(BlobsTest, AnAddedOneHasItsNameAndItsRecord) {
    const BlobRecord blob = blob_of("content");
    {
        Store store(location());
        EXPECT_FALSE(store.blobs().find(blob.digest));
        const std::string staged = staged_file(store, "content");
        store.blobs().add(staged, blob);
        EXPECT_FALSE(exists(staged));
    }
    Store store(location());
    EXPECT_EQ(runtime::read_file(store.blobs().path(blob.digest)), "content");
    EXPECT_EQ(store.blobs().find(blob.digest)->size_bytes, 7);
}

TEST_F(BlobsTest, AreFoundByTheLayerInside) {
    Store store(location());
    BlobRecord blob = blob_of("packed");
    blob.diff_id = digest(1);
    store.blobs().add(staged_file(store, "packed"), blob);
    store.blobs().add(staged_file(store, "other"), blob_of("other"));
    ASSERT_THAT(store.blobs().of_layer(digest(1)), SizeIs(1));
    EXPECT_EQ(store.blobs().of_layer(digest(1)).front().digest, blob.digest);
    EXPECT_THAT(store.blobs().of_layer(digest(2)), IsEmpty());
}

TEST_F(BlobsTest, WhatIsAddedWithOneIsThereWithItOrNotAtAll) {
    Store store(location());
    const BlobRecord blob = blob_of("content");
    EXPECT_THROW(
        store.blobs().add(staged_file(store, "content"), blob, [] { throw runtime::Error("the layer is refused"); }),
        runtime::Error);
    EXPECT_FALSE(store.blobs().find(blob.digest));
    // The file is nobody's then.
    EXPECT_TRUE(exists(store.blobs().path(blob.digest)));
    store.garbage().collect();
    EXPECT_FALSE(exists(store.blobs().path(blob.digest)));
}

TEST_F(BlobsTest, AFileThatIsNotThereGivesNoRecord) {
    Store store(location());
    const BlobRecord blob = blob_of("content");
    EXPECT_THROW(store.blobs().add(store.staging().new_path(), blob), runtime::Error);
    EXPECT_FALSE(store.blobs().find(blob.digest));
}

}  // namespace
}  // namespace layers
