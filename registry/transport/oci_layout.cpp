#include "registry/transport/oci_layout.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "layers/oci/index.hpp"
#include "layers/verifying_source.hpp"
#include "registry/transport/archive_writer.hpp"
#include "registry/transport/blob_in_folder.hpp"
#include "registry/transport/location.hpp"
#include "registry/transport/tar_index.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/umask.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;
using layers::oci::Index;
using layers::oci::ref_name_annotation;

constexpr const char* layout_file = "oci-layout";
constexpr const char* index_file = "index.json";
constexpr std::string_view layout_text = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::size_t layout_limit_bytes = 4096;
/// The whole name of an image, which containerd and Docker note beside the tag.
constexpr const char* whole_name_annotation = "io.containerd.image.name";

std::string annotation(const Descriptor& descriptor, const char* name) {
    const auto found = descriptor.annotations.find(name);
    return found == descriptor.annotations.end() ? "" : found->second;
}

bool has_tag(const Descriptor& descriptor, const std::string& tag) {
    return annotation(descriptor, ref_name_annotation) == tag || annotation(descriptor, whole_name_annotation) == tag;
}

class OciSource final : public ImageSource {
public:
    OciSource(std::unique_ptr<NamedFiles> files, std::string name, const std::string& tag)
        : files_(std::move(files)), name_(std::move(name)) {
        check_layout();
        top_ = choose(read_index(), tag);
    }

    RawManifest manifest() override { return manifest(top_); }
    RawManifest manifest(const Descriptor& descriptor) override { return read_manifest(blob(descriptor), descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        return open_verified(blob(descriptor), descriptor);
    }
    const std::string& name() const noexcept override { return name_; }

    std::vector<std::string> whole_names() const {
        for (const char* const field : {whole_name_annotation, ref_name_annotation})
            if (const std::string name = annotation(top_, field); name.find('/') != std::string::npos) return {name};
        return {};
    }

private:
    void check_layout() {
        const auto file = files_->find_document(layout_file);
        if (!file)
            throw runtime::Error("{} is not an OCI image: it has no file {}", name_, layout_file)
                .with_hint("for what `docker save` writes use docker-archive:, for other folders dir:");
        const auto value = runtime::parse_json(read_slice(*file, layout_limit_bytes, layout_file), layout_file);
        const std::string version = runtime::JsonFields(value, layout_file).text("imageLayoutVersion");
        if (!version.starts_with("1."))
            throw runtime::Error("{} is of the layout version {}, which is not supported", name_,
                                 runtime::quoted(version));
    }

    Index read_index() {
        const auto file = files_->find_document(index_file);
        if (!file) throw runtime::Error("{} has no file {}", name_, index_file);
        return layers::oci::parse_index(read_slice(*file, layers::oci::manifest_limit_bytes, index_file));
    }

    Descriptor choose(const Index& index, const std::string& tag) const {
        std::string tags;
        for (const Descriptor& descriptor : index.manifests) {
            if (!tag.empty() && (descriptor.digest_text == tag || has_tag(descriptor, tag))) return descriptor;
            const std::string name = annotation(descriptor, ref_name_annotation);
            if (!name.empty()) tags += (tags.empty() ? "" : ", ") + runtime::quoted(name);
        }
        if (tag.empty() && index.manifests.size() == 1) return index.manifests.front();
        if (index.manifests.empty()) throw runtime::Error("{} holds no image", name_);
        runtime::Error error = tag.empty() ? runtime::Error("{} holds {} images", name_, index.manifests.size())
                                           : runtime::Error("{} holds no image {}", name_, runtime::quoted(tag));
        throw error.with_hint(tags.empty() ? "" : "it has " + tags + "; name one behind the path and a colon");
    }

    FileSlice blob(const Descriptor& descriptor) {
        const auto file = files_->find(blob_path(descriptor.digest()));
        if (!file) throw missing_blob(name_, descriptor);
        return *file;
    }

    std::unique_ptr<NamedFiles> files_;
    std::string name_;
    Descriptor top_;
};

/// The index with the image under its tag: in the place of the one that had the tag, or of itself where there is none.
std::string with_image(Index index, const RawManifest& manifest, const std::string& tag) {
    Descriptor descriptor = manifest.descriptor();
    if (!tag.empty()) descriptor.annotations[ref_name_annotation] = tag;
    std::erase_if(index.manifests, [&](const Descriptor& other) {
        if (!tag.empty()) return annotation(other, ref_name_annotation) == tag;
        return other.digest_text == descriptor.digest_text && annotation(other, ref_name_annotation).empty();
    });
    index.manifests.push_back(std::move(descriptor));
    return layers::oci::write_index(index);
}

class OciFolder final : public ImageDestination {
public:
    OciFolder(std::string folder, std::string tag, const runtime::StopSource& stop)
        : folder_(std::move(folder)),
          tag_(std::move(tag)),
          stop_(stop),
          name_(ImageLocation{Transport::oci_folder, folder_, tag_}.text()) {
        runtime::make_folders(blob_folder_, runtime::output_mode(0755));
        blobs_ = BlobInFolder::open_folder(blob_folder_);
    }

    DestinationRules rules() const override { return {.flavour = layers::Flavour::oci}; }
    bool has_blob(const layers::Digest& digest) override {
        return ::access((folder_ + "/" + blob_path(digest)).c_str(), F_OK) == 0;
    }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        if (has_blob(descriptor.digest())) return;
        layers::VerifyingSource verified(content, descriptor.digest(), descriptor.size);
        BlobInFolder writer(blobs_, blob_folder_);
        runtime::copy_all(verified, writer);
        writer.finish();
    }
    std::unique_ptr<BlobWriter> new_blob() override { return std::make_unique<BlobInFolder>(blobs_, blob_folder_); }
    void put_manifest(const RawManifest& manifest) override {
        runtime::MemorySource source{std::string_view(manifest.text)};
        put_blob(source, manifest.descriptor());
    }

    void commit(const RawManifest& manifest) override {
        put_manifest(manifest);
        // Two writers that both read the old index would each lose the other's image.
        const runtime::Fd folder = runtime::open_path(folder_, O_RDONLY | O_DIRECTORY);
        runtime::lock_or_stop(folder, LOCK_EX, stop_, runtime::quoted(folder_));
        if (::access((folder_ + "/" + layout_file).c_str(), F_OK) != 0)
            runtime::replace_own_file(folder_ + "/" + layout_file, layout_text, runtime::output_mode(0644));
        Index index;
        if (const auto text =
                runtime::read_file_if_exists(folder_ + "/" + index_file, layers::oci::manifest_limit_bytes))
            index = layers::oci::parse_index(*text);
        runtime::replace_own_file(folder_ + "/" + index_file, with_image(std::move(index), manifest, tag_),
                                  runtime::output_mode(0644));
    }
    const std::string& name() const noexcept override { return name_; }

private:
    std::string folder_;
    std::string blob_folder_ = folder_ + "/blobs/sha256";
    runtime::Fd blobs_;
    std::string tag_;
    const runtime::StopSource& stop_;
    std::string name_;
};

class OciArchive final : public ImageDestination {
public:
    OciArchive(const std::string& file, std::string tag)
        : archive_(file),
          blobs_(archive_, blob_path),
          tag_(std::move(tag)),
          name_(ImageLocation{Transport::oci_archive, archive_.path(), tag_}.text()) {
        // First, so that readers that look at the start of a file see what it is.
        archive_.add_file(layout_file, layout_text);
    }

    DestinationRules rules() const override { return {.flavour = layers::Flavour::oci}; }
    bool has_blob(const layers::Digest& digest) override { return blobs_.has(digest); }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override { blobs_.put(content, descriptor); }
    std::unique_ptr<BlobWriter> new_blob() override { return blobs_.new_blob(); }
    void put_manifest(const RawManifest& manifest) override { blobs_.put_text(manifest.text); }
    void commit(const RawManifest& manifest) override {
        put_manifest(manifest);
        archive_.add_file(index_file, with_image({}, manifest, tag_));
        archive_.finish();
    }
    const std::string& name() const noexcept override { return name_; }

private:
    ArchiveWriter archive_;
    ArchiveBlobs blobs_;
    std::string tag_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ImageSource> open_oci_folder(const std::string& folder, const std::string& tag) {
    return open_oci_files(files_of_folder(folder), ImageLocation{Transport::oci_folder, folder, tag}.text(), tag);
}

std::unique_ptr<ImageSource> open_oci_archive(const std::string& file, const std::string& tag) {
    return open_oci_files(open_archive(file), ImageLocation{Transport::oci_archive, file, tag}.text(), tag);
}

std::vector<std::string> names_in_oci_archive(const std::string& file, const std::string& tag) {
    return OciSource(open_archive(file), ImageLocation{Transport::oci_archive, file, tag}.text(), tag).whole_names();
}

std::unique_ptr<ImageSource> open_oci_files(std::unique_ptr<NamedFiles> files, std::string name,
                                            const std::string& tag) {
    return std::make_unique<OciSource>(std::move(files), std::move(name), tag);
}

std::unique_ptr<ImageDestination> make_oci_folder(const std::string& folder, const std::string& tag,
                                                  const runtime::StopSource& stop) {
    return std::make_unique<OciFolder>(folder, tag, stop);
}

std::unique_ptr<ImageDestination> make_oci_archive(const std::string& file, const std::string& tag) {
    return std::make_unique<OciArchive>(file, tag);
}

}  // namespace registry
