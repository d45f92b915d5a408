#include "registry/transport/transport.hpp"

#include <gmock/gmock.h>

#include "layers/oci/image_config.hpp"
#include "layers/oci/index.hpp"
#include "layers/tar_writer.hpp"
#include "registry/transport/local_transports.hpp"
#include "registry/transport/tar_index.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/layers/tar_tools.hpp"

namespace registry {
namespace {

using namespace layers::testing;
using layers::oci::Descriptor;
using ::testing::HasSubstr;

const runtime::StopSource never;

template <typename Act>
std::string message_of(Act act) {
    try {
        act();
    } catch (const runtime::Error& error) {
        return error.full_message() + " | " + error.hint();
    }
    return "nothing was thrown";
}

std::string tar_with(const std::string& name, const std::string& content) {
    runtime::StringSink sink;
    layers::TarWriter writer(sink);
    writer.begin({.path = name, .mode = 0644, .size = content.size()});
    writer.write(std::as_bytes(std::span(content)));
    writer.finish();
    return sink.take();
}

/// A small image with two plain layers.
struct SampleImage {
    std::vector<std::string> layers;
    std::string config;
    layers::oci::Manifest manifest;

    explicit SampleImage(const std::string& seed, layers::Flavour flavour = layers::Flavour::oci) {
        layers = {tar_with("a", seed), tar_with("b", seed + seed)};
        layers::oci::ImageConfig image;
        image.architecture = "amd64";
        image.os = "linux";
        for (const std::string& layer : layers) image.diff_ids.push_back(layers::Digest::of(layer));
        config = layers::oci::write_image_config(image);
        manifest.config =
            layers::oci::make_descriptor(layers::media_type::oci_config, layers::Digest::of(config), config.size());
        for (const std::string& layer : layers)
            manifest.layers.push_back(
                layers::oci::make_descriptor(layers::media_type::layer({}), layers::Digest::of(layer), layer.size()));
        manifest = layers::oci::converted(manifest, flavour);
    }

    RawManifest raw() const { return {layers::oci::write_manifest(manifest), manifest.media_type}; }

    /// The first layer by digest, the second without knowing it.
    void put_blobs(ImageDestination& destination) const {
        runtime::MemorySource first{std::string_view(layers[0])};
        destination.put_blob(first, manifest.layers[0]);
        const auto writer = destination.new_blob();
        writer->write(std::as_bytes(std::span(layers[1])));
        EXPECT_EQ(writer->finish().digest, manifest.layers[1].digest());
        runtime::MemorySource text{std::string_view(config)};
        destination.put_blob(text, manifest.config);
    }
    void put(ImageDestination& destination) const {
        put_blobs(destination);
        destination.commit(raw());
    }
    void expect_from(ImageSource& source) const {
        const RawManifest found = choose_manifest(source, layers::parse_platform("linux/amd64"));
        const auto read = layers::oci::parse_manifest(found.text, found.media_type);
        EXPECT_EQ(read_config(source, read), config);
        ASSERT_EQ(read.layers.size(), layers.size());
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const auto blob = source.open_blob(read.layers[i]);
            EXPECT_EQ(runtime::read_all(*blob, 1 << 20, "blob"), layers[i]);
        }
    }
};

class LocalTransport : public ::testing::TestWithParam<const char*> {
protected:
    ImageLocation place(const std::string& name = "x") const {
        ImageLocation location = *parse_image_location(std::string(GetParam()) + ":" + folder_.path("image"));
        if (location.transport != Transport::folder) location.name = name;
        return location;
    }
    layers::Flavour flavour() const {
        return place().transport == Transport::docker_archive ? layers::Flavour::docker : layers::Flavour::oci;
    }

    runtime::TempFolder folder_;
};

TEST_P(LocalTransport, RoundTrip) {
    const SampleImage image("one", flavour());
    image.put(*make_local_destination(place(), never));
    image.expect_from(*open_local_source(place()));
    image.expect_from(*open_local_source(place("")));
}

TEST_P(LocalTransport, NothingIsVisibleBeforeCommit) {
    const SampleImage image("one", flavour());
    {
        const auto destination = make_local_destination(place(), never);
        image.put_blobs(*destination);
    }
    EXPECT_THROW(open_local_source(place())->manifest(), runtime::Error);
    EXPECT_EQ(run_shell("find " + folder_.path() + " -name '*.tmp'"), "");
}

TEST_P(LocalTransport, AnotherImageReplacesTheFirst) {
    SampleImage("one", flavour()).put(*make_local_destination(place(), never));
    const SampleImage second("two", flavour());
    second.put(*make_local_destination(place(), never));
    second.expect_from(*open_local_source(place()));
}

TEST_P(LocalTransport, RefusesBlobsThatAreNotAsDescribed) {
    const auto destination = make_local_destination(place(), never);
    for (const std::string_view content : {"abd", "ab", "abcd"}) {
        runtime::MemorySource source(content);
        EXPECT_THROW(destination->put_blob(source, layers::oci::make_descriptor("a/b", layers::Digest::of("abc"), 3)),
                     runtime::Error);
    }
    EXPECT_FALSE(destination->has_blob(layers::Digest::of("abc")));
    runtime::MemorySource source("abc");
    destination->put_blob(source, layers::oci::make_descriptor("a/b", layers::Digest::of("abc"), 3));
    EXPECT_TRUE(destination->has_blob(layers::Digest::of("abc")));
}

TEST_P(LocalTransport, DroppedBlobsLeaveNoTrace) {
    const SampleImage image("one", flavour());
    {
        const auto destination = make_local_destination(place(), never);
        {
            const auto dropped = destination->new_blob();
            dropped->write(std::as_bytes(std::span(std::string_view("dropped dropped"))));
        }
        image.put(*destination);
    }
    EXPECT_EQ(run_shell("grep -r dropped " + folder_.path() + " || true"), "");
    image.expect_from(*open_local_source(place()));
}

TEST_P(LocalTransport, MissingBlobsAreNamed) {
    const SampleImage image("one", flavour());
    image.put(*make_local_destination(place(), never));
    const auto source = open_local_source(place());
    const auto other = layers::oci::make_descriptor("a/b", layers::Digest::of("other"), 5);
    EXPECT_THAT(message_of([&] { source->open_blob(other); }), HasSubstr(other.digest_text));
}

TEST_P(LocalTransport, SkopeoReadsWhatWeWrite) {
    if (!has_program("skopeo")) GTEST_SKIP() << "needs skopeo";
    const SampleImage image("one", flavour());
    image.put(*make_local_destination(place("name:tag"), never));
    const std::string text = place("name:tag").text();
    run_shell("skopeo --insecure-policy copy -q " + text + " oci:" + folder_.path("copy:c") + " 2>&1");
    const auto copy = open_local_source(*parse_image_location("oci:" + folder_.path("copy:c")));
    const RawManifest raw = choose_manifest(*copy, layers::parse_platform("linux/amd64"));
    // Parsed, since skopeo writes it anew where it converts it.
    EXPECT_EQ(layers::oci::parse_image_config(read_config(*copy, layers::oci::parse_manifest(raw.text))),
              layers::oci::parse_image_config(image.config));
}

TEST_P(LocalTransport, WeReadWhatSkopeoWrites) {
    if (!has_program("skopeo")) GTEST_SKIP() << "needs skopeo";
    const SampleImage image("one");
    image.put(*make_local_destination(*parse_image_location("oci:" + folder_.path("source:s")), never));
    run_shell("skopeo --insecure-policy copy -q --dest-decompress oci:" + folder_.path("source:s") + " " +
              place("name:tag").text() +
              " 2>&1 || "
              "skopeo --insecure-policy copy -q oci:" +
              folder_.path("source:s") + " " + place("name:tag").text() + " 2>&1");
    const auto source = open_local_source(place("name:tag"));
    const RawManifest raw = choose_manifest(*source, layers::parse_platform("linux/amd64"));
    const auto manifest = layers::oci::parse_manifest(raw.text);
    EXPECT_EQ(read_config(*source, manifest), image.config);
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        const auto blob = source->open_blob(manifest.layers[i]);
        const auto compression = layers::media_type::parse_layer(manifest.layers[i].media_type)->compression;
        const auto content = layers::make_decompressor(compression, *blob);
        EXPECT_EQ(runtime::read_all(*content, 1 << 20, "blob"), image.layers[i]);
    }
}

INSTANTIATE_TEST_SUITE_P(Places, LocalTransport, ::testing::Values("oci", "oci-archive", "docker-archive", "dir"));

class Place : public ::testing::Test {
protected:
    std::string path(const std::string& name) const { return folder_.path(name); }
    std::unique_ptr<ImageSource> open(const std::string& text) {
        return open_local_source(*parse_image_location(text));
    }
    void put(const SampleImage& image, const std::string& text) {
        image.put(*make_local_destination(*parse_image_location(text), never));
    }

    runtime::TempFolder folder_;
};

TEST_F(Place, OciFolderKeepsOtherTags) {
    const SampleImage one("one"), two("two"), three("three");
    put(one, "oci:" + path("f:1"));
    put(two, "oci:" + path("f:2"));
    put(three, "oci:" + path("f:1"));
    three.expect_from(*open("oci:" + path("f:1")));
    two.expect_from(*open("oci:" + path("f:2")));
    EXPECT_THAT(message_of([&] { open("oci:" + path("f")); }), HasSubstr("'2', '1'"));
    EXPECT_THAT(message_of([&] { open("oci:" + path("f:9")); }), HasSubstr("holds no image '9'"));
    EXPECT_EQ(layers::oci::parse_index(runtime::read_file(path("f/index.json"))).manifests.size(), 2U);
}

TEST_F(Place, DamageIsFoundWhereItIsRead) {
    const SampleImage image("one");
    put(image, "oci:" + path("f:1"));
    const std::string hex(image.manifest.layers[0].digest().hex());
    std::string damaged = image.layers[0];
    damaged[3] = 'X';
    write_file(path("f/blobs/sha256/" + hex), damaged);
    const auto source = open("oci:" + path("f:1"));
    const auto blob = source->open_blob(image.manifest.layers[0]);
    EXPECT_THAT(message_of([&] { runtime::read_all(*blob, 1 << 20, "blob"); }), HasSubstr("is damaged"));
    write_file(path("f/blobs/sha256/" + hex), "short");
    EXPECT_THAT(message_of([&] { source->open_blob(image.manifest.layers[0]); }), HasSubstr("has 5 bytes"));
    ASSERT_EQ(::unlink(path("f/blobs/sha256/" + hex).c_str()), 0);
    EXPECT_THAT(message_of([&] { source->open_blob(image.manifest.layers[0]); }), HasSubstr("has no blob"));
    write_file(path("f/blobs/sha256/" + std::string(image.raw().digest().hex())), "{}");
    EXPECT_THROW(source->manifest(), runtime::Error);
}

TEST_F(Place, IndexesAreChosenByPlatform) {
    const auto destination = make_local_destination(*parse_image_location("oci:" + path("f:multi")), never);
    const SampleImage amd("amd"), arm("arm");
    layers::oci::Index inner;
    for (const auto& [image, architecture] : {std::pair{&amd, "amd64"}, {&arm, "arm64"}}) {
        image->put_blobs(*destination);
        destination->put_manifest(image->raw());
        inner.manifests.push_back(image->raw().descriptor());
        inner.manifests.back().platform = layers::oci::DescriptorPlatform{.architecture = architecture, .os = "linux"};
    }
    inner.manifests.push_back(arm.raw().descriptor());
    inner.manifests.back().platform = layers::oci::DescriptorPlatform{.architecture = "unknown", .os = "unknown"};
    const RawManifest raw_inner{layers::oci::write_index(inner), inner.media_type};
    destination->put_manifest(raw_inner);
    layers::oci::Index outer;
    outer.manifests.push_back(raw_inner.descriptor());
    destination->commit({layers::oci::write_index(outer), outer.media_type});
    const auto source = open("oci:" + path("f:multi"));
    EXPECT_EQ(choose_manifest(*source, layers::parse_platform("linux/arm64")).digest(), arm.raw().digest());
    EXPECT_EQ(choose_manifest(*source, layers::parse_platform("linux/amd64")).digest(), amd.raw().digest());
    EXPECT_THAT(message_of([&] { choose_manifest(*source, layers::parse_platform("linux/riscv64")); }),
                HasSubstr("it has linux/amd64, linux/arm64"));
}

TEST_F(Place, ArchivesMayBePacked) {
    const SampleImage image("one");
    put(image, "oci-archive:" + path("a.tar:t"));
    run_shell("gzip -k " + path("a.tar"));
    image.expect_from(*open("oci-archive:" + path("a.tar.gz:t")));
}

TEST_F(Place, ArchivesAreTheSameEachTime) {
    const SampleImage image("one");
    put(image, "oci-archive:" + path("a.tar:t"));
    put(image, "oci-archive:" + path("b.tar:t"));
    EXPECT_EQ(runtime::read_file(path("a.tar")), runtime::read_file(path("b.tar")));
    EXPECT_THAT(tar_names(path("a.tar")), ::testing::StartsWith("oci-layout\nblobs/sha256/"));
}

TEST_F(Place, DockerSaveOfOldWithLinkedLayers) {
    const SampleImage image("one");
    make_folder(path("t/l1"));
    make_folder(path("t/l2"));
    write_file(path("t/l1/layer.tar"), image.layers[0]);
    write_file(path("t/" + std::string(100, 'x') + ".tar"), image.layers[1]);
    ASSERT_EQ(::symlink(("../" + std::string(100, 'x') + ".tar").c_str(), path("t/l2/layer.tar").c_str()), 0);
    write_file(path("t/c.json"), image.config);
    write_file(path("t/manifest.json"),
               R"([{"Config":"c.json","RepoTags":["busybox:1"],"Layers":["l1/layer.tar","l2/layer.tar"]}])");
    for (const char* format : {"gnu", "posix"}) {
        run_shell("tar -C " + path("t") + " --format=" + format + " -cf " + path("d.tar") + " .");
        image.expect_from(*open("docker-archive:" + path("d.tar")));
        image.expect_from(*open("docker-archive:" + path("d.tar:docker.io/library/busybox:1")));
        image.expect_from(*open("docker-archive:" + path("d.tar:@0")));
    }
    EXPECT_THAT(message_of([&] { open("docker-archive:" + path("d.tar:alpine")); }), HasSubstr("'busybox:1'"));
    EXPECT_THAT(message_of([&] { open("docker-archive:" + path("d.tar:@1")); }), HasSubstr("no image @1"));
    EXPECT_THAT(message_of([&] { open("oci-archive:" + path("d.tar")); }), HasSubstr("docker-archive:"));
}

TEST_F(Place, DockerSaveOfNewWithPackedLayers) {
    const SampleImage image("one");
    make_folder(path("t/blobs/sha256"));
    write_file(path("t/layer"), image.layers[0]);
    run_shell("cd " + path("t") + " && gzip -n layer && mv layer.gz blobs/sha256/$(sha256sum layer.gz | cut -c1-64)");
    const std::string first = run_shell("cd " + path("t") + " && ls blobs/sha256 | tr -d '\\n'");
    write_file(path("t/blobs/sha256/two"), image.layers[1]);
    write_file(path("t/blobs/sha256/c"), image.config);
    write_file(path("t/manifest.json"), R"([{"Config":"blobs/sha256/c","RepoTags":null,"Layers":["blobs/sha256/)" +
                                            first + R"(","blobs/sha256/two"]}])");
    run_shell("tar -C " + path("t") + " -cf " + path("d.tar") + " .");
    const auto source = open("docker-archive:" + path("d.tar"));
    const auto manifest = layers::oci::parse_manifest(source->manifest().text);
    EXPECT_EQ(manifest.layers[0].digest().hex(), first);
    EXPECT_THAT(manifest.layers[0].media_type, ::testing::EndsWith("tar.gzip"));
    const auto blob = source->open_blob(manifest.layers[0]);
    EXPECT_EQ(runtime::read_all(*layers::make_decompressor(layers::Compression::gzip, *blob), 1 << 20, "x"),
              image.layers[0]);
}

TEST_F(Place, DockerArchiveWithAWrongLayerIsFound) {
    const SampleImage image("one");
    make_folder(path("t"));
    write_file(path("t/l1"), image.layers[1]);
    write_file(path("t/c.json"), image.config);
    const auto open_with = [&](const std::string& layers) {
        write_file(path("t/manifest.json"), R"([{"Config":"c.json","RepoTags":null,"Layers":)" + layers + "}]");
        run_shell("tar -C " + path("t") + " -cf " + path("d.tar") + " .");
        return open("docker-archive:" + path("d.tar"));
    };
    const auto source = open_with(R"(["l1","l1"])");
    EXPECT_THAT(message_of([&] { image.expect_from(*source); }), HasSubstr("is damaged"));
    EXPECT_THAT(message_of([&] { open_with(R"(["l1"])"); }), HasSubstr("names 1 layers"));
    EXPECT_THAT(message_of([&] { open_with(R"(["l1","../../../etc/passwd"])"); }), HasSubstr("has no file"));
    EXPECT_THAT(message_of([&] { open_with(R"("l1")"); }), HasSubstr("expected a list of texts"));
}

TEST_F(Place, HostileArchives) {
    const auto open_text = [&](const std::string& text) {
        write_file(path("h.tar"), text);
        return message_of([&] { open_archive(path("h.tar"))->find("a"); });
    };
    EXPECT_THAT(open_text(""), HasSubstr("no files"));
    EXPECT_THAT(open_text(std::string(5000, 'x')), HasSubstr("no header"));
    EXPECT_THAT(open_text(tar_with("a", std::string(5000, 'x')).substr(0, 2000)), HasSubstr("beyond its end"));
    runtime::StringSink only_link;
    layers::TarWriter link_writer(only_link);
    link_writer.begin({.path = "a", .type = layers::TarType::symbolic_link, .link_target = "a"});
    link_writer.finish();
    EXPECT_THAT(open_text(only_link.text()), HasSubstr("no files"));
    runtime::StringSink circle;
    layers::TarWriter writer(circle);
    writer.begin({.path = "f"});
    writer.begin({.path = "a", .type = layers::TarType::symbolic_link, .link_target = "b"});
    writer.begin({.path = "b", .type = layers::TarType::hard_link, .link_target = "a"});
    writer.finish();
    EXPECT_THAT(open_text(circle.text()), HasSubstr("in a circle"));
    runtime::StringSink outside;
    layers::TarWriter outside_writer(outside);
    outside_writer.begin({.path = "f"});
    outside_writer.begin({.path = "a", .type = layers::TarType::symbolic_link, .link_target = "/etc/passwd"});
    outside_writer.finish();
    write_file(path("h.tar"), outside.text());
    EXPECT_FALSE(open_archive(path("h.tar"))->find("a"));
    runtime::StringSink large;
    layers::TarWriter large_writer(large);
    large_writer.begin({.path = "f", .xattrs = {{"user.x", std::string(100'000, 'x')}}});
    large_writer.finish();
    EXPECT_THAT(open_text(large.text()), HasSubstr("absurdly large"));
    EXPECT_THAT(open_text(std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10)), HasSubstr("cut off"));
}

TEST_F(Place, FolderDoesNotRemoveWhatIsNotAnImage) {
    write_file(path("mine"), "text");
    EXPECT_THAT(
        message_of([&] { make_local_destination({.transport = Transport::folder, .path = folder_.path()}, never); }),
        HasSubstr("not an image's"));
    EXPECT_EQ(runtime::read_file(path("mine")), "text");
}

TEST(ImageLocation, Forms) {
    const auto parsed = [](std::string_view text) { return parse_image_location(text); };
    EXPECT_EQ(parsed("oci:/a/b:tag"), (ImageLocation{Transport::oci_folder, "/a/b", "tag"}));
    EXPECT_EQ(parsed("oci:rel"), (ImageLocation{Transport::oci_folder, "rel", ""}));
    EXPECT_EQ(parsed("docker-archive:f.tar:host:5000/n:t"),
              (ImageLocation{Transport::docker_archive, "f.tar", "host:5000/n:t"}));
    EXPECT_EQ(parsed("dir:/a:b"), (ImageLocation{Transport::folder, "/a:b", ""}));
    EXPECT_EQ(parsed("docker://alpine:3"), (ImageLocation{Transport::registry, "", "alpine:3"}));
    EXPECT_EQ(parsed("containers-storage:x"), (ImageLocation{Transport::store, "", "x"}));
    for (const char* plain : {"alpine", "alpine:3", "localhost:5000/x", "quay.io/a/b:c"})
        EXPECT_FALSE(parsed(plain)) << plain;
    for (const char* text : {"oci:/a/b:tag", "docker://alpine:3", "dir:/a", "oci-archive:x", "docker-daemon:a:b"})
        EXPECT_EQ(parsed(text)->text(), text);
    for (const char* wrong : {"oci:", "oci::tag", "docker:alpine", "docker://", "dir:", "oci:/a:"})
        EXPECT_THROW(parsed(wrong), runtime::Error) << wrong;
}

}  // namespace
}  // namespace registry
