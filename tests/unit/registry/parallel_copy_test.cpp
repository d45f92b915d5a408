// Several layers at a time, in and out; what one failure does to the others.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <mutex>

#include "layers/oci/image_config.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/tar_writer.hpp"
#include "layers/verifying_source.hpp"
#include "registry/export_image.hpp"
#include "registry/import_image.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
namespace media_type = layers::media_type;

/// An image in memory that any number of threads may read.
class MemoryImage final : public ImageSource {
public:
    explicit MemoryImage(int count) {
        layers::oci::ImageConfig config;
        config.architecture = "amd64";
        config.os = "linux";
        layers::oci::Manifest manifest;
        for (int i = 0; i < count; ++i) {
            runtime::StringSink tar;
            layers::TarWriter writer(tar);
            layers::TarEntry entry;
            // Without entries for the folders on the way, so that each layer asks for those below it.
            entry.path = fmt::format("folder/file{}", i);
            entry.type = layers::TarType::file;
            entry.mode = 0644;
            const std::string content(1000 + static_cast<std::size_t>(i), 'x');
            entry.size = content.size();
            writer.begin(entry);
            writer.write(std::as_bytes(std::span(content)));
            writer.finish();
            config.diff_ids.push_back(Digest::of(tar.text()));
            manifest.layers.push_back(keep(tar.text(), "application/vnd.oci.image.layer.v1.tar"));
        }
        manifest.config = keep(layers::oci::write_image_config(config), media_type::oci_config);
        manifest_ = {layers::oci::write_manifest(manifest), manifest.media_type};
    }

    RawManifest manifest() override { return manifest_; }
    RawManifest manifest(const Descriptor&) override { throw runtime::Error("no index"); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        ++opened;
        if (descriptor.digest_text == missing) throw runtime::Error("this one is missing");
        return std::make_unique<runtime::MemorySource>(std::string_view(blobs_.at(descriptor.digest_text)));
    }
    unsigned parallel_blobs() const noexcept override { return 4; }
    const std::string& name() const noexcept override { return name_; }

    layers::oci::Manifest parsed() const { return layers::oci::parse_manifest(manifest_.text); }
    std::atomic<int> opened{0};
    std::string missing;

private:
    Descriptor keep(const std::string& content, std::string_view type) {
        const Digest digest = Digest::of(content);
        blobs_[digest.text()] = content;
        return layers::oci::make_descriptor(type, digest, content.size());
    }
    std::map<std::string, std::string> blobs_;
    RawManifest manifest_;
    std::string name_ = "memory";
};

class MemoryBlob final : public BlobWriter {
public:
    using Sink::write;
    explicit MemoryBlob(std::function<void(std::string)> keep) : keep_(std::move(keep)) {}
    void write(runtime::Bytes bytes) override { text_.write(bytes); }
    BlobInfo finish() override {
        const BlobInfo info{Digest::of(text_.text()), text_.text().size()};
        keep_(text_.take());
        return info;
    }

private:
    std::function<void(std::string)> keep_;
    runtime::StringSink text_;
};

class MemoryPlace final : public ImageDestination {
public:
    DestinationRules rules() const override { return {.parallel_blobs = 4}; }
    bool has_blob(const Digest& digest) override {
        const std::lock_guard lock(mutex_);
        return blobs.contains(digest.text());
    }
    void put_blob(runtime::Source& content, const Descriptor&) override {
        keep(runtime::read_all(content, 1U << 20, "a blob"));
    }
    std::unique_ptr<BlobWriter> new_blob() override {
        return std::make_unique<MemoryBlob>([this](std::string text) { keep(std::move(text)); });
    }
    void put_manifest(const RawManifest&) override {}
    void commit(const RawManifest& manifest) override { committed = manifest.text; }
    const std::string& name() const noexcept override { return name_; }

    std::map<std::string, std::string> blobs;
    std::string committed;

private:
    void keep(std::string text) {
        const std::lock_guard lock(mutex_);
        const std::string digest = Digest::of(text).text();
        blobs[digest] = std::move(text);
    }
    std::mutex mutex_;
    std::string name_ = "memory";
};

class ParallelCopy : public testing::Test {
protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only root may set the owners of layers";
    }
    layers::ImageRecord import(MemoryImage& source) {
        return import_image(source, store_, layers::Platform{"linux", "amd64", {}, {}, {}}, stop_);
    }

    runtime::TempFolder folder_;
    layers::Store store_{{folder_.path("root"), folder_.path("run")}};
    runtime::StopSource stop_;
};

TEST_F(ParallelCopy, LayersComeAndGoSideBySide) {
    MemoryImage source(12);
    const layers::ImageRecord image = import(source);
    EXPECT_EQ(store_.layers().of_image(image.id).size(), 12U);
    MemoryPlace place;
    export_image(image, store_, place, {}, stop_);
    EXPECT_EQ(place.committed, source.manifest().text) << "what came leaves as it came";
    MemoryPlace packed;
    ExportOptions options;
    options.compression = layers::Compression::gzip;
    options.force_compression = true;
    export_image(image, store_, packed, options, stop_);
    const auto manifest = layers::oci::parse_manifest(packed.committed);
    for (const Descriptor& layer : manifest.layers) EXPECT_TRUE(packed.blobs.contains(layer.digest_text));
}

TEST_F(ParallelCopy, TheFirstFailureIsReportedAndTheRestIsKept) {
    MemoryImage source(12);
    source.missing = source.parsed().layers[5].digest_text;
    try {
        import(source);
        FAIL() << "an image without a layer";
    } catch (const runtime::Error& error) {
        EXPECT_THAT(error.full_message(), testing::HasSubstr("this one is missing"));
    }
    EXPECT_TRUE(store_.images().list().empty());
    source.missing.clear();
    import(source);
}

TEST_F(ParallelCopy, AStopEndsAll) {
    MemoryImage source(12);
    stop_.request_stop();
    EXPECT_THROW(import(source), runtime::Error);
}

}  // namespace
}  // namespace registry
