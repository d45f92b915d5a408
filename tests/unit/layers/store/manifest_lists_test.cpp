#include "layers/store/manifest_lists.hpp"

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using ManifestListsTest = StoreTest;

TEST_F(ManifestListsTest, TheNewOneTakesThePlaceOfTheOld) {
    Store store(location());
    store.manifest_lists().put({"localhost/b:latest", "old", "{}", {}});
    store.manifest_lists().put({"localhost/b:latest", "new", "{\"a\":1}", {}});
    store.manifest_lists().put({"localhost/a:latest", "", "{}", {}});
    EXPECT_EQ(store.manifest_lists().find("localhost/b:latest")->document, "new");
    EXPECT_EQ(store.manifest_lists().find("localhost/b:latest")->sources, "{\"a\":1}");
    EXPECT_THAT(store.manifest_lists().list(), ElementsAre("localhost/a:latest", "localhost/b:latest"));
}

TEST_F(ManifestListsTest, ANameIsTakenFromAnImage) {
    Store store(location());
    const ImageRecord image = store.images().put(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    store.manifest_lists().put({"localhost/a:latest", "{}", "{}", {}});
    EXPECT_FALSE(store.images().find_by_name("localhost/a:latest"));
    EXPECT_TRUE(store.images().find(image.id));
}

TEST_F(ManifestListsTest, ARemovedOneIsGone) {
    Store store(location());
    store.manifest_lists().put({"localhost/a:latest", "{}", "{}", {}});
    EXPECT_TRUE(store.manifest_lists().remove("localhost/a:latest"));
    EXPECT_FALSE(store.manifest_lists().remove("localhost/a:latest"));
    EXPECT_THAT(store.manifest_lists().list(), IsEmpty());
}

TEST_F(ManifestListsTest, ItsBlobsAreKeptAsLongAsItIsThere) {
    Store store(location());
    const BlobRecord blob = blob_of("artifact");
    store.blobs().add(staged_file(store, "artifact"), blob);
    store.manifest_lists().put({"localhost/a:latest", "{}", "{}", {blob.digest}});
    store.garbage().collect();
    EXPECT_TRUE(store.blobs().find(blob.digest));
    store.manifest_lists().remove("localhost/a:latest");
    store.garbage().collect();
    EXPECT_FALSE(store.blobs().find(blob.digest));
}

}  // namespace
}  // namespace layers
