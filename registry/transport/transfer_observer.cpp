#include "registry/transport/transfer_observer.hpp"

#include <atomic>

namespace registry {
namespace {

using layers::oci::Descriptor;

/// Tells of a blob while it is read. A reader that goes away before the end has given it up.
class FollowedBlob final : public runtime::Source {
public:
    FollowedBlob(std::unique_ptr<runtime::Source> blob, const Descriptor& descriptor, TransferObserver& observer)
        : blob_(std::move(blob)), name_(descriptor.digest_text), size_bytes_(descriptor.size), observer_(observer) {
        observer_.blob_begins(name_, size_bytes_);
    }
    std::size_t read(std::span<std::byte> buffer) override {
        const std::size_t count = blob_->read(buffer);
        seen_bytes_ += count;
        if (count > 0) observer_.blob_advances(name_, count);
        if (seen_bytes_ == size_bytes_ && !has_ended_) {
            has_ended_ = true;
            observer_.blob_ends(name_, size_bytes_);
        }
        return count;
    }

private:
    std::unique_ptr<runtime::Source> blob_;
    std::string name_;
    std::uint64_t size_bytes_;
    std::uint64_t seen_bytes_ = 0;
    bool has_ended_ = false;
    TransferObserver& observer_;
};

class FollowedSource final : public ImageSource {
public:
    FollowedSource(ImageSource& source, TransferObserver& observer) : source_(source), observer_(observer) {}
    RawManifest manifest() override { return source_.manifest(); }
    RawManifest manifest(const Descriptor& descriptor) override { return source_.manifest(descriptor); }
    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        return std::make_unique<FollowedBlob>(source_.open_blob(descriptor), descriptor, observer_);
    }
    unsigned parallel_blobs() const noexcept override { return source_.parallel_blobs(); }
    std::optional<BlobPlace> place() const override { return source_.place(); }
    const std::string& name() const noexcept override { return source_.name(); }

private:
    ImageSource& source_;
    TransferObserver& observer_;
};

/// A blob that is packed on its way has no name before it has ended.
class FollowedWriter final : public BlobWriter {
public:
    FollowedWriter(std::unique_ptr<BlobWriter> blob, TransferObserver& observer)
        : blob_(std::move(blob)), name_("layer " + std::to_string(++number())), observer_(observer) {
        observer_.blob_begins(name_, 0);
    }
    void write(runtime::Bytes bytes) override {
        blob_->write(bytes);
        observer_.blob_advances(name_, bytes.size());
    }
    BlobInfo finish() override {
        const BlobInfo info = blob_->finish();
        observer_.blob_ends(name_, info.size_bytes);
        return info;
    }

private:
    static std::atomic<unsigned>& number() {
        static std::atomic<unsigned> last = 0;
        return last;
    }
    std::unique_ptr<BlobWriter> blob_;
    std::string name_;
    TransferObserver& observer_;
};

class FollowedDestination final : public ImageDestination {
public:
    FollowedDestination(ImageDestination& destination, TransferObserver& observer)
        : destination_(destination), observer_(observer) {}
    DestinationRules rules() const override { return destination_.rules(); }
    bool has_blob(const layers::Digest& digest) override { return destination_.has_blob(digest); }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        struct Borrowed final : runtime::Source {
            explicit Borrowed(runtime::Source& lender) : source(lender) {}
            std::size_t read(std::span<std::byte> buffer) override { return source.read(buffer); }
            runtime::Source& source;
        };
        FollowedBlob followed(std::make_unique<Borrowed>(content), descriptor, observer_);
        destination_.put_blob(followed, descriptor);
    }
    std::unique_ptr<BlobWriter> new_blob() override {
        return std::make_unique<FollowedWriter>(destination_.new_blob(), observer_);
    }
    void put_manifest(const RawManifest& manifest) override { destination_.put_manifest(manifest); }
    void commit(const RawManifest& manifest) override { destination_.commit(manifest); }
    const std::string& name() const noexcept override { return destination_.name(); }

private:
    ImageDestination& destination_;
    TransferObserver& observer_;
};

}  // namespace

std::unique_ptr<ImageSource> followed(ImageSource& source, TransferObserver& observer) {
    return std::make_unique<FollowedSource>(source, observer);
}

std::unique_ptr<ImageDestination> followed(ImageDestination& destination, TransferObserver& observer) {
    return std::make_unique<FollowedDestination>(destination, observer);
}

}  // namespace registry
