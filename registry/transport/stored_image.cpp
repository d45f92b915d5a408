#include "registry/transport/stored_image.hpp"

#include <fcntl.h>

#include "layers/verifying_source.hpp"
#include "registry/transport/blob_files.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

/// A file or a text of the store, held against what the manifest says of it.
class VerifiedBlob final : public runtime::Source {
public:
    VerifiedBlob(std::unique_ptr<runtime::Source> bytes, const Descriptor& descriptor)
        : bytes_(std::move(bytes)), verified_(*bytes_, descriptor.digest(), descriptor.size) {}
    std::size_t read(std::span<std::byte> buffer) override { return verified_.read(buffer); }

private:
    std::unique_ptr<runtime::Source> bytes_;
    layers::VerifyingSource verified_;
};

class StoredImage final : public ImageSource {
public:
    StoredImage(layers::Store& store, layers::ImageRecord image)
        : store_(store), image_(std::move(image)), name_("the image " + std::string(image_.id.hex().substr(0, 12))) {}

    RawManifest manifest() override { return {image_.manifest, image_.media_type}; }
    RawManifest manifest(const Descriptor& descriptor) override { throw missing_blob(name_, descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        if (descriptor.digest() == image_.id)
            return std::make_unique<VerifiedBlob>(std::make_unique<runtime::MemorySource>(image_.config), descriptor);
        if (!store_.blobs().find(descriptor.digest())) throw missing_blob(name_, descriptor);
        const std::string path = store_.blobs().path(descriptor.digest());
        return std::make_unique<VerifiedBlob>(
            std::make_unique<runtime::FileSource>(runtime::open_path(path, O_RDONLY | O_NOFOLLOW), path), descriptor);
    }
    const std::string& name() const noexcept override { return name_; }

private:
    layers::Store& store_;
    layers::ImageRecord image_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ImageSource> open_stored_image(layers::Store& store, layers::ImageRecord image) {
    return std::make_unique<StoredImage>(store, std::move(image));
}

}  // namespace registry
