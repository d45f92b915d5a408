#include "layers/store/containers.hpp"

#include "runtime/sys/folder_entries.hpp"
#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using ContainersTest = StoreTest;

std::size_t folders_of_layers(const Store& store) {
    return runtime::list_folder(runtime::open_path(store.location().layers(), O_RDONLY | O_DIRECTORY)).size();
}

TEST_F(ContainersTest, ANewOneHasAnEmptyFolder) {
    Store store(location());
    const ContainerRecord container = store.containers().add(container_named("work"));
    EXPECT_THAT(runtime::list_folder(runtime::open_path(container.diff_path(), O_RDONLY | O_DIRECTORY)), IsEmpty());
    EXPECT_THAT(container.id, SizeIs(64));
    EXPECT_EQ(store.containers().find_by_name("work")->id, container.id);
    EXPECT_THAT(store.containers().find_by_prefix(container.id.substr(0, 6)), SizeIs(1));
    EXPECT_FALSE(store.containers().find_by_name("other"));
}

TEST_F(ContainersTest, ANameThatIsTakenIsNumberedOrRefused) {
    Store store(location());
    EXPECT_EQ(store.containers().add(container_named("work")).name, "work");
    EXPECT_EQ(store.containers().add(container_named("work")).name, "work-1");
    EXPECT_EQ(store.containers().add(container_named("work")).name, "work-2");
    EXPECT_THROW(store.containers().add(container_named("work", false)), runtime::Error);
    EXPECT_THAT(store.containers().list(), SizeIs(3));
    EXPECT_EQ(folders_of_layers(store), 3U);  // no folder is left of the one that was refused
}

TEST_F(ContainersTest, AreListedInTheirOrderAndByImage) {
    Store store(location());
    const ImageRecord image = store.images().put(image_of(add_layer(store, 1), {}));
    NewContainer wanted = container_named("of-image");
    wanted.image_id = image.id;
    const ContainerRecord first = store.containers().add(container_named("z"));
    const ContainerRecord second = store.containers().add(wanted);
    ASSERT_THAT(store.containers().list(), SizeIs(2));
    EXPECT_EQ(store.containers().list().front().id, first.id);
    EXPECT_THAT(store.containers().of_image(image.id), ElementsAre(second.id));
}

TEST_F(ContainersTest, AChangeIsWholeOrNone) {
    Store store(location());
    const ContainerRecord container = store.containers().add(container_named("work"));
    store.containers().add(container_named("taken"));
    store.containers().change(container.id, [](ContainerRecord& record) {
        record.name = "renamed";
        record.state = "{\"a\":1}";
    });
    EXPECT_EQ(store.containers().find_by_name("renamed")->state, "{\"a\":1}");
    EXPECT_THROW(store.containers().change(container.id,
                                           [](ContainerRecord& record) {
                                               record.name = "taken";
                                               record.state = "lost";
                                           }),
                 runtime::Error);
    EXPECT_EQ(store.containers().find_by_name("renamed")->state, "{\"a\":1}");
    EXPECT_THROW(store.containers().change(std::string(64, '0'), [](ContainerRecord&) {}), runtime::Error);
}

TEST_F(ContainersTest, ASealedOneHasALayerBelowAFreshFolder) {
    Store store(location());
    const ContainerRecord before = store.containers().add(container_named("work"));
    runtime::write_all(runtime::open_path(before.diff_path() + "/file", O_WRONLY | O_CREAT, 0644), "content", "file");
    const LayerRecord layer = store.containers().seal(before.id, before.diff_path(), digest(1), 1024, {});
    EXPECT_EQ(runtime::read_file(layer.folder + "/file"), "content");
    const ContainerRecord after = store.containers().find_by_name("work").value();
    EXPECT_NE(after.folder, before.folder);
    ASSERT_THAT(after.layers, SizeIs(1));
    EXPECT_EQ(after.layers.front().id, layer.id);
    EXPECT_TRUE(exists(after.diff_path()));
}

TEST_F(ContainersTest, ContentThatIsALayerAlreadyIsNotKeptTwice) {
    Store store(location());
    const LayerRecord known = add_layer(store, 1);
    const ContainerRecord before = store.containers().add(container_named("work"));
    EXPECT_EQ(store.containers().seal(before.id, before.diff_path(), digest(1), 1024, {}).id, known.id);
    EXPECT_FALSE(exists(before.folder));
}

TEST_F(ContainersTest, ARemovedOneIsGoneWithWhatItWrote) {
    Store store(location());
    const ContainerRecord container = store.containers().add(container_named("work"));
    store.containers().remove(container);
    EXPECT_FALSE(store.containers().find_by_name("work"));
    EXPECT_FALSE(exists(container.folder));
    store.containers().remove(container);  // again: nothing to do
}

TEST_F(ContainersTest, FoldersThatACrashLeftAreCollectedAndNoOthers) {
    Store store(location());
    const ContainerRecord container = store.containers().add(container_named("work"));
    const std::string left = store.location().layers() + "/left";
    runtime::make_folders(left + "/diff");
    store.garbage().collect();
    EXPECT_FALSE(exists(left));
    EXPECT_TRUE(exists(container.diff_path()));
}

}  // namespace
}  // namespace layers
