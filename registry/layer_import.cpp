#include "registry/layer_import.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "layers/compression.hpp"
#include "layers/layer_reader.hpp"
#include "layers/verifying_source.hpp"
#include "overlay/layered_view.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::BorrowedFolder;
using layers::Digest;
using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

/// Passes bytes on and hands a copy of them to a sink, as long as nothing has failed.
class CopyingSource final : public runtime::Source {
public:
    CopyingSource(runtime::Source& source, runtime::Sink& copy, const runtime::StopSource& stop,
                  const std::atomic<bool>& has_failed)
        : source_(source), copy_(copy), stop_(stop), has_failed_(has_failed) {}
    std::size_t read(std::span<std::byte> buffer) override {
        stop_.throw_if_stopped();
        if (has_failed_) throw AnotherFailed{};
        const std::size_t count = source_.read(buffer);
        if (count > 0) copy_.write(runtime::Bytes(buffer).first(count));
        return count;
    }

private:
    runtime::Source& source_;
    runtime::Sink& copy_;
    const runtime::StopSource& stop_;
    const std::atomic<bool>& has_failed_;
};

/// A file that is removed, unless somebody has moved it away.
struct StagedFile {
    explicit StagedFile(std::string file_path) : path(std::move(file_path)) {}
    ~StagedFile() { ::unlink(path.c_str()); }
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    const std::string path;
};

layers::Compression compression_of(const oci::Descriptor& layer) {
    const auto type = layers::media_type::parse_layer(layer.media_type);
    if (!type) throw Error("{} is not the media type of a layer", quoted(layer.media_type));
    if (type->is_foreign)
        throw Error("the layer {} may not be given away by registries ({})", layer.digest_text, layer.media_type)
            .with_hint("images with such layers, mostly of Windows, cannot be used");
    return type->compression;
}

BorrowedFolder described(const std::string& path, const std::optional<struct stat>& status) {
    if (!status) return {path};
    return {path, status->st_mode, status->st_uid, status->st_gid, status->st_mtim.tv_sec, status->st_mtim.tv_nsec};
}

void read_to_end(runtime::Source& source) {
    std::vector<std::byte> buffer(128 * 1024);
    while (source.read(buffer) > 0) continue;
}

}  // namespace

/// The layers below, opened where they are asked for.
class LayerImport::Below {
public:
    explicit Below(const FoldersBelow& folders) : folders_(folders) {}

    std::optional<struct stat> find(const std::string& path) {
        if (!view_) view_.emplace(folders_(), overlay::store_marks());
        const auto entry = view_->find(path, false);
        if (!entry || !entry->is_folder()) return std::nullopt;
        return entry->status;
    }
    bool look_so(const std::vector<BorrowedFolder>& borrowed) {
        return std::all_of(borrowed.begin(), borrowed.end(), [this](const BorrowedFolder& folder) {
            return described(folder.path, find(folder.path)) == folder;
        });
    }

private:
    const FoldersBelow& folders_;
    std::optional<overlay::LayeredView> view_;
};

/// Keeps the blob in a file and gives its tar to the function, which reads it to its end. Throws Error where the tar is
/// not the one of the diff ID. Returns its size.
std::int64_t LayerImport::read_blob(const oci::Descriptor& descriptor, const Digest& diff_id,
                                    const std::string& kept_path,
                                    const std::function<void(runtime::Source&)>& use_tar) {
    layers::DigestingSink tar_digest;
    {
        const std::unique_ptr<runtime::Source> blob = source_.open_blob(descriptor);
        runtime::FileSink kept(runtime::open_path(kept_path, O_WRONLY | O_CREAT | O_EXCL, 0600), kept_path);
        CopyingSource copied(*blob, kept, stop_, has_failed_);
        const std::unique_ptr<runtime::Source> tar = layers::make_decompressor(compression_of(descriptor), copied);
        CopyingSource hashed(*tar, tar_digest, stop_, has_failed_);
        use_tar(hashed);
        // What stands behind the end of the packed stream belongs to the blob too, and to its digest.
        read_to_end(copied);
    }
    const auto tar_bytes = static_cast<std::int64_t>(tar_digest.size_bytes());
    const Digest found = tar_digest.finish();
    if (found != diff_id)
        throw Error("a layer of {} unpacks to the digest {}, but the image's configuration says {}", source_.name(),
                    found.text(), diff_id.text())
            .with_hint("the image is damaged or was tampered with; get it again from where it came");
    return tar_bytes;
}

/// A manifest says that a blob is a packing of a layer that is here. That is believed once it was seen: else a manifest
/// could put any blob under the name of an image.
void LayerImport::verify(const oci::Descriptor& descriptor, const layers::LayerRecord& known) {
    const auto blob = store_.blobs().find(descriptor.digest());
    const auto size = static_cast<std::int64_t>(descriptor.size);
    if (blob && blob->diff_id == known.diff_id && blob->size_bytes == size) return;
    const bool is_plain = compression_of(descriptor) == layers::Compression::none;
    if (is_plain && descriptor.digest() == known.diff_id && size == known.tar_bytes) return;
    const StagedFile file(store_.staging().new_path());
    read_blob(descriptor, known.diff_id, file.path, read_to_end);
    store_.blobs().add(file.path, {descriptor.digest(), size, known.diff_id});
}

/// Downloads, verifies, unpacks and keeps a layer in one pass.
layers::LayerRecord LayerImport::fetch(const oci::Descriptor& descriptor, const Digest& diff_id, Below& below) {
    layers::StagedLayer staged = store_.staging().new_layer();
    const StagedFile blob(store_.staging().new_path());
    std::vector<BorrowedFolder> borrowed;
    layers::ApplyOptions options;
    options.marks = overlay::store_marks();
    // Nobody but root can make them, and in a container nothing can be opened through them.
    options.skip_devices = overlay::has_user_marks();
    options.lower_folder = [&](const std::string& path) {
        const auto status = below.find(path);
        borrowed.push_back(described(path, status));
        return status;
    };
    options.is_lower_folder = [&](const std::string& path) {
        const bool is_there = below.find(path).has_value();
        // Above other layers, which do have it, the marks would be needed.
        if (!is_there) borrowed.push_back(described(path, std::nullopt));
        return is_there;
    };
    const std::int64_t tar_bytes = read_blob(descriptor, diff_id, blob.path, [&](runtime::Source& tar) {
        layers::apply_layer(tar, staged.diff(), options);
    });
    staged.finish();
    return store_.layers().record({store_.layers().adopt(staged), diff_id, tar_bytes, {}, std::move(borrowed)},
                                  blob.path,
                                  {descriptor.digest(), static_cast<std::int64_t>(descriptor.size), diff_id});
}

layers::LayerRecord LayerImport::take(const oci::Descriptor& descriptor, const Digest& diff_id,
                                      const FoldersBelow& folders_below) {
    Below below(folders_below);
    for (const layers::LayerRecord& known : store_.layers().find(diff_id)) {
        if (!below.look_so(known.borrowed)) continue;
        verify(descriptor, known);
        runtime::log_debug("a layer of {} is here: {}", source_.name(), known.folder);
        return known;
    }
    runtime::log_debug("a layer of {} is fetched: {}, {} bytes", source_.name(), descriptor.digest_text,
                       descriptor.size);
    return fetch(descriptor, diff_id, below);
}

}  // namespace registry
