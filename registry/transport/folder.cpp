#include "registry/transport/folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "layers/oci/index.hpp"
#include "layers/verifying_source.hpp"
#include "registry/transport/blob_files.hpp"
#include "registry/transport/blob_in_folder.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/umask.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

constexpr std::string_view version_start = "Directory Transport Version: 1.";
constexpr std::string_view version_text = "Directory Transport Version: 1.1\n";
constexpr const char* version_file = "version";
constexpr const char* manifest_file = "manifest.json";
constexpr std::size_t version_limit_bytes = 4096;

std::string blob_name(const layers::Digest& digest) {
    return std::string(digest.hex());
}

std::string child_manifest_name(const layers::Digest& digest) {
    return std::string(digest.hex()) + ".manifest.json";
}

class FolderSource final : public ImageSource {
public:
    explicit FolderSource(const std::string& folder)
        : name_(ImageLocation{.transport = Transport::folder, .path = folder}.text()), files_(files_of_folder(folder)) {
        const auto version = files_->find_document(version_file);
        if (version && !read_slice(*version, version_limit_bytes, version_file).starts_with(version_start))
            throw runtime::Error("{} is of a version that is not supported", name_);
    }

    RawManifest manifest() override {
        const auto file = files_->find_document(manifest_file);
        if (!file)
            throw runtime::Error("{} holds no image: it has no file {}", name_, manifest_file)
                .with_hint("for an OCI image folder use oci:");
        RawManifest manifest{read_slice(*file, layers::oci::manifest_limit_bytes, manifest_file), {}};
        manifest.media_type = layers::oci::document_type(manifest.text);
        return manifest;
    }
    RawManifest manifest(const Descriptor& descriptor) override {
        return read_manifest(file(child_manifest_name(descriptor.digest()), descriptor), descriptor);
    }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        return open_verified(file(blob_name(descriptor.digest()), descriptor), descriptor);
    }
    const std::string& name() const noexcept override { return name_; }

private:
    FileSlice file(const std::string& file_name, const Descriptor& descriptor) {
        if (auto found = files_->find(file_name)) return *std::move(found);
        throw missing_blob(name_, descriptor);
    }

    std::string name_;
    std::unique_ptr<NamedFiles> files_;
};

class FolderImage final : public ImageDestination {
public:
    explicit FolderImage(const std::string& folder)
        : folder_(folder), name_(ImageLocation{.transport = Transport::folder, .path = folder}.text()) {
        runtime::make_folders(folder, runtime::output_mode(0755));
        opened_ = BlobInFolder::open_folder(folder);
        runtime::UnfinishedFile::remove_leftovers(opened_, version_file);
        clear();
        write(version_file, version_text);
    }

    DestinationRules rules() const override { return {}; }
    bool has_blob(const layers::Digest& digest) override {
        return ::access(path(blob_name(digest)).c_str(), F_OK) == 0;
    }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        if (has_blob(descriptor.digest())) return;
        layers::VerifyingSource verified(content, descriptor.digest(), descriptor.size);
        BlobInFolder file(opened_, folder_);
        runtime::copy_all(verified, file);
        file.finish();
    }
    std::unique_ptr<BlobWriter> new_blob() override { return std::make_unique<BlobInFolder>(opened_, folder_); }
    void put_manifest(const RawManifest& manifest) override {
        write(child_manifest_name(manifest.digest()), manifest.text);
    }
    void commit(const RawManifest& manifest) override { write(manifest_file, manifest.text); }
    const std::string& name() const noexcept override { return name_; }

private:
    std::string path(const std::string& file_name) const { return folder_ + "/" + file_name; }
    void write(const std::string& file_name, std::string_view text) const {
        runtime::replace_own_file(path(file_name), text, runtime::output_mode(0644));
    }

    /// Removes an earlier image, but never files that are not one's. What says so goes last: whoever is killed on the
    /// way leaves an image's folder.
    void clear() const {
        const auto entries = runtime::list_folder(opened_);
        if (entries.empty()) return;
        const auto version = runtime::read_file_if_exists(path(version_file), version_limit_bytes);
        if (!version || !version->starts_with(version_start))
            throw runtime::Error("{} holds files that are not an image's", runtime::quoted(folder_))
                .with_hint("name an empty folder or a new one");
        for (const auto& entry : entries)
            if (entry.name != version_file) runtime::remove_tree_at(opened_, entry.name);
        runtime::remove_tree_at(opened_, version_file);
    }

    std::string folder_;
    runtime::Fd opened_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ImageSource> open_folder_image(const std::string& folder) {
    return std::make_unique<FolderSource>(folder);
}

std::unique_ptr<ImageDestination> make_folder_image(const std::string& folder) {
    return std::make_unique<FolderImage>(folder);
}

}  // namespace registry
