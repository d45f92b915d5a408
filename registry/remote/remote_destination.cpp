// Pushing.
#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "registry/remote/blob_upload.hpp"
#include "registry/remote/referrers.hpp"
#include "registry/remote/remote_image.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace registry {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
using runtime::Error;

/// One more than can be packed at a time, as the others wait for the network; each holds some memory.
unsigned parallel_uploads() {
    constexpr unsigned most = 4;
    return std::min(most, std::max(1U, std::thread::hardware_concurrency()) + 1);
}

/// Tells the destination which blob has arrived.
class NotedUpload final : public BlobWriter {
public:
    NotedUpload(Repository& repository, std::string location, std::function<void(const Digest&)> note)
        : upload_(repository, std::move(location)), note_(std::move(note)) {}
    using Sink::write;
    void write(runtime::Bytes bytes) override { upload_.write(bytes); }
    BlobInfo finish() override {
        const BlobInfo info = upload_.finish();
        note_(info.digest);
        return info;
    }

private:
    BlobUpload upload_;
    std::function<void(const Digest&)> note_;
};

class RemoteDestination final : public ImageDestination {
public:
    RemoteDestination(Registries& registries, layers::Store& store, const Reference& reference)
        : store_(store),
          reference_(reference.for_pull()),
          name_(ImageLocation{.transport = Transport::registry, .name = reference_.text()}.text()),
          repository_(registries, registries.conf().push_endpoint(reference_), Access::push) {}

    DestinationRules rules() const override { return {.parallel_blobs = parallel_uploads()}; }

    /// It is there, or the registry takes it over from another repository of its own.
    bool has_blob(const Digest& digest) override {
        {
            const std::lock_guard lock(mutex_);
            if (known_.contains(digest)) return true;
        }
        if (!repository_.has_blob(digest) && !mount(digest)) return false;
        note(digest);
        return true;
    }

    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        BlobUpload upload(repository_, take_session(), true);
        runtime::copy_all(content, upload);
        const BlobInfo info = upload.finish();
        if (info.digest != descriptor.digest() || info.size_bytes != descriptor.size)
            throw Error("the blob {} has the digest {} and {} bytes where the image says {}", descriptor.digest_text,
                        info.digest.text(), info.size_bytes, descriptor.size);
        note(info.digest);
    }

    std::unique_ptr<BlobWriter> new_blob() override {
        return std::make_unique<NotedUpload>(repository_, take_session(),
                                             [this](const Digest& digest) { note(digest); });
    }

    void put_manifest(const RawManifest& manifest) override {
        add_referrer(repository_, manifest, repository_.put_manifest(manifest, manifest.digest().text()));
    }

    void commit(const RawManifest& manifest) override {
        if (reference_.digest() && *reference_.digest() != manifest.digest())
            throw Error("the image has the digest {}, but is to be pushed as {}", manifest.digest().text(),
                        reference_.digest()->text());
        const bool was_noted = repository_.put_manifest(
            manifest, reference_.digest() ? reference_.digest()->text() : reference_.tag().value_or("latest"));
        add_referrer(repository_, manifest, was_noted);
    }

    const std::string& name() const noexcept override { return name_; }

private:
    bool mount(const Digest& digest) {
        const Endpoint& here = repository_.endpoint();
        for (const std::string& repository : store_.registry_notes().blob_repositories(digest, here.host)) {
            if (repository == here.path) continue;
            std::string session;
            if (repository_.mount_blob(digest, repository, session)) return true;
            store_.registry_notes().forget_blob_location(digest, here.host, repository);
            if (session.empty()) continue;
            const std::lock_guard lock(mutex_);
            sessions_.push_back(std::move(session));
            return false;
        }
        return false;
    }

    std::string take_session() {
        const std::lock_guard lock(mutex_);
        if (sessions_.empty()) return "";
        std::string session = std::move(sessions_.back());
        sessions_.pop_back();
        return session;
    }

    void note(const Digest& digest) {
        store_.registry_notes().note_blob_location(digest, repository_.endpoint().host, repository_.endpoint().path);
        const std::lock_guard lock(mutex_);
        known_.insert(digest);
    }

    layers::Store& store_;
    Reference reference_;
    std::string name_;
    Repository repository_;
    std::mutex mutex_;
    std::set<Digest> known_;
    std::vector<std::string> sessions_;  ///< uploads that the registry began where it was asked for a mount
};

}  // namespace

std::unique_ptr<ImageDestination> make_remote_image(Registries& registries, layers::Store& store,
                                                    const Reference& reference) {
    return std::make_unique<RemoteDestination>(registries, store, reference);
}

}  // namespace registry
