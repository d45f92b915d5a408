#include "layers/store/images.hpp"

#include <thread>

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using ImagesTest = StoreTest;

TEST_F(ImagesTest, ItsLayersAreFlushedWhenItIsThere) {
    Store store(location());
    const LayerRecord layer = add_layer(store, 1);
    ASSERT_EQ(sql("SELECT count(*) FROM layers WHERE boot_id IS NOT NULL"), "1");
    const ImageRecord image = store.images().put(image_of(layer, {"localhost/a:latest"}));
    EXPECT_EQ(sql("SELECT count(*) FROM layers WHERE boot_id IS NOT NULL"), "0");
    EXPECT_EQ(store.images().find(image.id)->size_bytes, 1024);
    EXPECT_THAT(store.images().find(image.id)->names, ElementsAre("localhost/a:latest"));
}

TEST_F(ImagesTest, OneWithALayerThatIsNotThereLeavesNothing) {
    Store store(location());
    LayerRecord layer = add_layer(store, 1);
    layer.id += 1;
    EXPECT_THROW(store.images().put(image_of(layer, {"localhost/a:latest"})), runtime::Error);
    EXPECT_THAT(store.images().list(), IsEmpty());
    EXPECT_THAT(store.images().list_names(), IsEmpty());
}

TEST_F(ImagesTest, SeveralThreadsPutThem) {
    Store store(location());
    std::vector<LayerRecord> layers;
    for (int i = 0; i < 40; ++i) layers.push_back(add_layer(store, i));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = t; i < 40; i += 4) {
                store.images().put(image_of(layers[static_cast<std::size_t>(i)], {}));
                static_cast<void>(store.images().list());
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(store.images().list(), SizeIs(40));
}

TEST_F(ImagesTest, AForeignManifestChangesNoOtherName) {
    Store store(location());
    NewImage image = image_of(add_layer(store, 1), {"localhost/good:latest"});
    store.images().put(image);
    image.manifest = R"({"annotations":{"by":"somebody else"}})";
    image.names.clear();
    image.is_foreign = true;
    const ImageRecord other = store.images().put(image);
    EXPECT_EQ(other.manifest, image.manifest);
    store.images().add_name(other, "localhost/other:latest");
    EXPECT_EQ(store.images().find_by_name("localhost/good:latest")->manifest, "{}");
    EXPECT_EQ(store.images().find(other.id)->manifest, "{}");
    EXPECT_EQ(store.images().find_by_name("localhost/other:latest")->manifest, image.manifest);
    EXPECT_EQ(store.images().find_by_name("localhost/other:latest")->manifest_digest, Digest::of(image.manifest));
}

TEST_F(ImagesTest, NamesMoveToTheNewestImage) {
    Store store(location());
    const ImageRecord old_image = store.images().put(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    const ImageRecord new_image =
        store.images().put(image_of(add_layer(store, 2), {"localhost/a:latest", "localhost/b:latest"}));
    EXPECT_EQ(store.images().find_by_name("localhost/a:latest")->id, new_image.id);
    EXPECT_THAT(store.images().find(old_image.id)->names, IsEmpty());
    EXPECT_THAT(store.images().find(new_image.id)->names, ElementsAre("localhost/b:latest", "localhost/a:latest"));
}

TEST_F(ImagesTest, ANameIsTakenFromAManifestList) {
    Store store(location());
    store.manifest_lists().put({"localhost/a:latest", "{}", "{}", {}});
    store.images().put(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    EXPECT_FALSE(store.manifest_lists().find("localhost/a:latest"));
}

TEST_F(ImagesTest, RemovedNamesAreGone) {
    Store store(location());
    const ImageRecord image = store.images().put(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    EXPECT_TRUE(store.images().remove_name("localhost/a:latest"));
    EXPECT_FALSE(store.images().remove_name("localhost/a:latest"));
    EXPECT_FALSE(store.images().find_by_name("localhost/a:latest"));
    EXPECT_TRUE(store.images().find(image.id));
}

TEST_F(ImagesTest, IdPrefixes) {
    Store store(location());
    const ImageRecord image = store.images().put(image_of(add_layer(store, 1), {}));
    EXPECT_THAT(store.images().find_by_prefix(std::string(image.id.hex().substr(0, 6))), SizeIs(1));
    EXPECT_THAT(store.images().find_by_prefix("000000000000"), IsEmpty());
}

TEST_F(ImagesTest, ThoseOfContainersStay) {
    Store store(location());
    const ImageRecord image = store.images().put(image_of(add_layer(store, 1), {"localhost/a:latest"}));
    NewContainer wanted = container_named("work");
    wanted.image_id = image.id;
    const ContainerRecord container = store.containers().add(wanted);
    EXPECT_THROW(store.images().remove(image.id), runtime::Error);
    EXPECT_TRUE(store.images().find(image.id));
    store.containers().remove(container);
    store.images().remove(image.id);
    EXPECT_FALSE(store.images().find(image.id));
    EXPECT_THAT(store.images().list_names(), IsEmpty());
}

}  // namespace
}  // namespace layers
