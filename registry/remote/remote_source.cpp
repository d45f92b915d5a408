// Pulling.
#include <algorithm>

#include "layers/verifying_source.hpp"
#include "registry/remote/blob_download.hpp"
#include "registry/remote/remote_image.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;
using runtime::Error;

constexpr unsigned parallel_downloads = 4;

/// What a pull asks a registry for: the digest where there is one, else the tag.
std::string version_of(const Reference& reference) {
    return reference.digest() ? reference.digest()->text() : reference.tag().value_or("latest");
}

/// A blob as it comes, verified while it is read.
class VerifiedDownload final : public runtime::Source {
public:
    VerifiedDownload(Repository& repository, const Descriptor& descriptor)
        : name_(repository.name()),
          download_(repository, descriptor),
          verifying_(download_, descriptor.digest(), descriptor.size) {}
    std::size_t read(std::span<std::byte> buffer) override {
        try {
            return verifying_.read(buffer);
        } catch (ConnectionError&) {
            throw;
        } catch (Error& error) {
            error.add_context("cannot use a blob of {}", name_);
            throw;
        }
    }

private:
    std::string name_;
    BlobDownload download_;
    layers::VerifyingSource verifying_;
};

/// A blob that its descriptor carries. OCI image-spec, descriptor.md, "data".
class CarriedBlob final : public runtime::Source {
public:
    explicit CarriedBlob(const Descriptor& descriptor)
        : bytes_(decoded(descriptor)), source_(bytes_), verifying_(source_, descriptor.digest(), descriptor.size) {}
    std::size_t read(std::span<std::byte> buffer) override { return verifying_.read(buffer); }

private:
    static std::string decoded(const Descriptor& descriptor) {
        auto bytes = runtime::decode_base64(descriptor.data);
        if (!bytes) throw Error("the blob {} is carried in what is no base64", descriptor.digest_text);
        return *std::move(bytes);
    }
    std::string bytes_;
    runtime::MemorySource source_;
    layers::VerifyingSource verifying_;
};

class RemoteSource final : public ImageSource {
public:
    RemoteSource(Registries& registries, const Reference& reference)
        : registries_(registries),
          reference_(reference.for_pull()),
          name_(ImageLocation{.transport = Transport::registry, .name = reference_.text()}.text()) {}

    RawManifest manifest() override {
        registries_.policy().check(reference_);
        const std::vector<Endpoint> endpoints = registries_.conf().pull_endpoints(reference_);
        for (const Endpoint& endpoint : endpoints) {
            try {
                auto repository = std::make_unique<Repository>(registries_, endpoint, Access::pull);
                if (auto found = repository->find_manifest(version_of(reference_))) {
                    repository_ = std::move(repository);
                    return *std::move(found);
                }
            } catch (const Error& error) {
                if (&endpoint == &endpoints.back()) throw;
                registries_.stop().throw_if_stopped();
                registries_.notice(
                    fmt::format("the mirror {} is of no use: {}", endpoint.name(), error.full_message()));
            }
        }
        throw Error("reading manifest {} in {}: manifest unknown", version_of(reference_), reference_.name())
            .with_hint("check the name and the tag; the registry may also hide what you may not see");
    }

    RawManifest manifest(const Descriptor& descriptor) override {
        if (descriptor.size > layers::oci::manifest_limit_bytes)
            throw Error("the manifest {} is said to have {} bytes, which is too large", descriptor.digest_text,
                        descriptor.size);
        RawManifest manifest;
        if (!descriptor.data.empty()) {
            CarriedBlob carried(descriptor);
            manifest.text = runtime::read_all(carried, layers::oci::manifest_limit_bytes, "the manifest");
        } else {
            auto found = repository().find_manifest(descriptor.digest().text());
            if (!found)
                throw Error("{} lacks the manifest {} of the image", repository().name(), descriptor.digest_text);
            manifest = *std::move(found);
        }
        if (manifest.text.size() != descriptor.size)
            throw Error("the manifest {} has {} bytes where the index says {}", descriptor.digest_text,
                        manifest.text.size(), descriptor.size);
        manifest.media_type = layers::oci::document_type(manifest.text, descriptor.media_type);
        return manifest;
    }

    std::unique_ptr<runtime::Source> open_blob(const Descriptor& descriptor) override {
        if (!descriptor.data.empty()) return std::make_unique<CarriedBlob>(descriptor);
        return std::make_unique<VerifiedDownload>(repository(), descriptor);
    }

    unsigned parallel_blobs() const noexcept override { return parallel_downloads; }
    std::optional<BlobPlace> place() const override {
        if (!repository_) return std::nullopt;
        return BlobPlace{repository_->endpoint().host, repository_->endpoint().path};
    }
    const std::string& name() const noexcept override { return name_; }

private:
    Repository& repository() {
        if (!repository_) static_cast<void>(manifest());
        return *repository_;
    }

    Registries& registries_;
    Reference reference_;
    std::string name_;
    std::unique_ptr<Repository> repository_;  ///< the one that had the manifest
};

}  // namespace

std::unique_ptr<ImageSource> open_remote_image(Registries& registries, const Reference& reference) {
    return std::make_unique<RemoteSource>(registries, reference);
}

}  // namespace registry
