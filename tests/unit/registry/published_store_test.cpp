#include "registry/podman/published_store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "registry/podman/published_files.hpp"
#include "registry/podman/storage_users.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {
namespace {

using layers::Digest;
using testing::ElementsAre;
using testing::Pair;

PublishedLayer layer_of(const runtime::TempFolder& folder, const std::string& parent, const std::string& content) {
    const Digest diff_id = Digest::of(content);
    const std::string files = folder.path(content);
    runtime::make_folders(files);
    const std::string id = published_layer_id(parent, diff_id);
    return {id,
            parent,
            diff_id,
            1024,
            "2020-01-01T00:00:00Z",
            files,
            parent.empty() ? std::vector<std::string>{} : std::vector{parent}};
}

PublishedImage image_of(const PublishedLayer& top, const std::string& name) {
    const std::string config = "config of " + name;
    const std::string id(Digest::of(config).hex());
    return {id, Digest::of("manifest").text(), top.id, "2020-01-01T00:00:00Z", {name}, {{"manifest", "manifest"}}};
}

const TarSplitMaker make_tar_split = [](const PublishedLayer& layer, const std::string& path) {
    runtime::replace_file(path, layer.id, 0600);
};

TEST(PublishedLayer, IsCalledWhatPodmanCallsIt) {
    const Digest first = Digest::of("first");
    const Digest second = Digest::of("second");
    EXPECT_EQ(published_layer_id("", first), first.hex());
    EXPECT_EQ(published_layer_id(std::string(first.hex()), second),
              Digest::of(std::string(first.hex()) + "+" + std::string(second.hex())).hex());
    EXPECT_THAT(published_link("/a", std::string(first.hex())), testing::MatchesRegex("[A-Z2-7]{26}"));
    EXPECT_NE(published_link("/a", "1"), published_link("/b", "1"));
}

TEST(PublishedStore, KeepsWhatIsChosenAndSweepsTheRest) {
    const runtime::TempFolder folder;
    PublishedStore store(folder.path("podman"));
    const PublishedLayer base = layer_of(folder, "", "base");
    const PublishedLayer top = layer_of(folder, base.id, "top");
    const PublishedLayer other = layer_of(folder, base.id, "other");
    store.make();
    store.show({base, top, other}, {image_of(top, "top"), image_of(other, "other")}, make_tar_split);
    EXPECT_EQ(store.layer_folders().at(top.id), top.folder);
    EXPECT_EQ(runtime::read_file(store.folder() + "/overlay/" + top.id + "/lower"),
              "l/" + published_link(store.folder(), base.id));
    const PublishedIds chosen = store.with_those_below({{}, {image_of(top, "top").id}});
    EXPECT_EQ(chosen.layers, (std::set{base.id, top.id}));
    const std::string stray = store.folder() + "/overlay/" + std::string(Digest::of("stray").hex());
    runtime::make_folders(stray);
    EXPECT_TRUE(store.keep_only([&] { return chosen; }));
    EXPECT_EQ(store.ids().layers, chosen.layers);
    EXPECT_EQ(store.ids().images, chosen.images);
    for (const std::string& gone : {stray, store.folder() + "/overlay/" + other.id,
                                    store.folder() + "/overlay-images/" + image_of(other, "other").id})
        EXPECT_NE(::access(gone.c_str(), F_OK), 0) << gone;
}

TEST(PublishedStore, AnImageThatIsNoLongerShownLosesItsNameFirst) {
    const runtime::TempFolder folder;
    PublishedStore store(folder.path("podman"));
    const PublishedLayer base = layer_of(folder, "", "base");
    store.make();
    store.show({base}, {image_of(base, "one")}, make_tar_split);
    store.show({}, {}, make_tar_split);
    EXPECT_EQ(store.ids().images.size(), 1U);
    EXPECT_THAT(runtime::read_file(store.folder() + "/overlay-images/images.json"),
                testing::Not(testing::HasSubstr("names\":[\"one")));
}

TEST(PublishedStore, TellsReadersByTheLock) {
    const runtime::TempFolder folder;
    PublishedStore store(folder.path("podman"));
    const PublishedLayer base = layer_of(folder, "", "base");
    const std::string lock = store.folder() + "/overlay-images/images.lock";
    store.make();
    store.show({base}, {image_of(base, "one")}, make_tar_split);
    const std::string before = runtime::read_file(lock);
    EXPECT_EQ(before.size(), 64U);
    store.show({base}, {image_of(base, "one")}, make_tar_split);
    EXPECT_EQ(runtime::read_file(lock), before);
    store.show({base}, {image_of(base, "two")}, make_tar_split);
    EXPECT_NE(runtime::read_file(lock), before);
}

TEST(PublishedStore, SaysWhichLayersHaveNoTar) {
    const runtime::TempFolder folder;
    PublishedStore store(folder.path("podman"));
    const PublishedLayer base = layer_of(folder, "", "base");
    store.make();
    const auto shown =
        store.show({base}, {}, [](const PublishedLayer&, const std::string&) { throw runtime::Error("no tar"); });
    EXPECT_THAT(shown.without_tar, ElementsAre(Pair(base.id, "no tar")));
    EXPECT_EQ(store.ids().layers.size(), 1U);
}

TEST(StorageUsers, AreWhatAStoreDoesNotHaveItself) {
    const runtime::TempFolder folder;
    for (const char* name : {"overlay-layers", "overlay-images/own", "overlay-containers"})
        runtime::make_folders(folder.path(name));
    runtime::replace_file(folder.path("overlay-layers/layers.json"),
                          R"([{"id":"a","parent":"ours"},{"id":"b","parent":"a"},{"id":"c","parent":"too"}])");
    runtime::replace_file(folder.path("overlay-layers/volatile-layers.json"), R"([{"id":"d","parent":"third"}])");
    runtime::replace_file(
        folder.path("overlay-images/images.json"),
        R"([{"id":"own","layer":"b"},{"id":"named","names":["x:1"],"layer":"fourth","mapped-layers":["fifth"]}])");
    runtime::replace_file(folder.path("overlay-images/own/manifest"), "{}");
    runtime::replace_file(folder.path("overlay-containers/containers.json"),
                          R"([{"id":"1","names":["web"],"layer":"a","image":"built"}])");
    const std::string root = folder.path();
    const StorageUsers users = users_of_storage({{root, ""}, {"/no/such/store", "/no/such"}});
    EXPECT_THAT(users.layers, ElementsAre(Pair("fifth", "the image x:1"), Pair("fourth", "the image x:1"),
                                          Pair("ours", "the container web"), Pair("third", "a layer of " + root),
                                          Pair("too", "a layer of " + root)));
    EXPECT_THAT(users.images, ElementsAre(Pair("built", "the container web"), Pair("named", "the image x:1")));
    runtime::replace_file(folder.path("overlay-layers/layers.json"), "[{");
    EXPECT_THROW(users_of_storage({{root, ""}}), runtime::Error);
}

}  // namespace
}  // namespace registry
