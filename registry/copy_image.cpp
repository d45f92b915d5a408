#include "registry/copy_image.hpp"

#include <set>

#include "layers/oci/index.hpp"
#include "runtime/base/error.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

constexpr unsigned deepest_index = 8;
constexpr std::size_t most_members = 10'000;

class StoppableSource final : public runtime::Source {
public:
    StoppableSource(runtime::Source& source, const runtime::StopSource& stop) : source_(source), stop_(stop) {}
    std::size_t read(std::span<std::byte> buffer) override {
        stop_.throw_if_stopped();
        return source_.read(buffer);
    }

private:
    runtime::Source& source_;
    const runtime::StopSource& stop_;
};

/// Takes everything but the name: a manifest that is committed to it is put as a member.
class MemberDestination final : public ImageDestination {
public:
    explicit MemberDestination(ImageDestination& destination) : destination_(destination) {}
    DestinationRules rules() const override { return destination_.rules(); }
    bool has_blob(const layers::Digest& digest) override { return destination_.has_blob(digest); }
    void put_blob(runtime::Source& content, const Descriptor& descriptor) override {
        destination_.put_blob(content, descriptor);
    }
    std::unique_ptr<BlobWriter> new_blob() override { return destination_.new_blob(); }
    void put_manifest(const RawManifest& manifest) override { destination_.put_manifest(manifest); }
    void commit(const RawManifest& manifest) override {
        destination_.put_manifest(manifest);
        written_ = manifest;
    }
    const std::string& name() const noexcept override { return destination_.name(); }
    const RawManifest& written() const noexcept { return written_; }

private:
    ImageDestination& destination_;
    RawManifest written_;
};

}  // namespace

namespace {

/// Indexes may name indexes, and each of them the same one many times over: each document is copied once.
class MemberCopy {
public:
    MemberCopy(ImageSource& source, ImageDestination& destination, layers::Store& store,
               const runtime::StopSource& stop)
        : source_(source), destination_(destination), store_(store), stop_(stop) {}
    void run(const RawManifest& raw, unsigned level);

private:
    void copy_blobs(const RawManifest& raw);

    ImageSource& source_;
    ImageDestination& destination_;
    layers::Store& store_;
    const runtime::StopSource& stop_;
    std::set<std::string> copied_;  ///< digests of documents
};

void MemberCopy::run(const RawManifest& raw, unsigned level) {
    if (!raw.is_index()) return copy_blobs(raw);
    if (level == deepest_index) throw runtime::Error("indexes of {} lie more than {} deep", source_.name(), level);
    for (const Descriptor& member : layers::oci::parse_index(raw.text, raw.media_type).manifests) {
        stop_.throw_if_stopped();
        if (!copied_.insert(member.digest_text).second) continue;
        if (copied_.size() > most_members)
            throw runtime::Error("{} has more than {} members", source_.name(), most_members);
        const RawManifest manifest = source_.manifest(member);
        run(manifest, level + 1);
        destination_.put_manifest(manifest);
    }
}

void MemberCopy::copy_blobs(const RawManifest& raw) {
    const auto manifest = layers::oci::parse_manifest(raw.text, raw.media_type);
    std::vector<Descriptor> blobs = manifest.layers;
    blobs.push_back(manifest.config);
    for (const Descriptor& blob : blobs) {
        const auto type = layers::media_type::parse_layer(blob.media_type);
        if (type && type->is_foreign) continue;
        stop_.throw_if_stopped();
        if (const auto place = source_.place())
            store_.registry_notes().note_blob_location(blob.digest(), place->host, place->repository);
        if (destination_.has_blob(blob.digest())) continue;
        put_till_kept([&] {
            const auto content = source_.open_blob(blob);
            StoppableSource stoppable(*content, stop_);
            destination_.put_blob(stoppable, blob);
        });
    }
}

}  // namespace

void copy_members(ImageSource& source, ImageDestination& destination, const RawManifest& manifest, layers::Store& store,
                  const runtime::StopSource& stop) {
    MemberCopy(source, destination, store, stop).run(manifest, 0);
}

RawManifest export_member(const layers::ImageRecord& image, layers::Store& store, ImageDestination& destination,
                          const ExportOptions& options, const runtime::StopSource& stop) {
    MemberDestination member(destination);
    export_image(image, store, member, options, stop);
    return member.written();
}

}  // namespace registry
