#include "layers/store/unpacked_again.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "layers/compression.hpp"
#include "layers/layer_reader.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/sys/file.hpp"

namespace layers {
namespace {

const BorrowedFolder* borrowed_at(const LayerRecord& layer, const std::string& path) {
    const auto found = std::find_if(layer.borrowed.begin(), layer.borrowed.end(),
                                    [&](const BorrowedFolder& folder) { return folder.path == path; });
    return found == layer.borrowed.end() ? nullptr : &*found;
}

std::optional<struct stat> look_of(const BorrowedFolder* folder) {
    if (folder == nullptr || folder->mode == 0) return std::nullopt;
    struct stat status {};
    status.st_mode = folder->mode;
    status.st_uid = folder->uid;
    status.st_gid = folder->gid;
    status.st_mtim = {folder->mtime_seconds, folder->mtime_nanoseconds};
    return status;
}

ApplyOptions options_for(const LayerRecord& layer) {
    ApplyOptions options;
    options.skip_devices = overlay::has_user_marks();
    options.lower_folder = [&layer](const std::string& path) { return look_of(borrowed_at(layer, path)); };
    options.is_lower_folder = [&layer](const std::string& path) {
        const BorrowedFolder* const folder = borrowed_at(layer, path);
        return folder == nullptr || folder->mode != 0;
    };
    return options;
}

Compression compression_of(const std::string& path) {
    runtime::FileSource file(runtime::open_path(path, O_RDONLY | O_NOFOLLOW), path);
    std::array<std::byte, 16> beginning{};
    return detect_compression(runtime::Bytes(beginning).first(file.read(beginning)));
}

}  // namespace

Digest digest_unpacked_again(const std::string& blob_path, const LayerRecord& layer, StagingArea& staging) {
    StagedLayer staged = staging.new_layer();
    runtime::FileSource blob(runtime::open_path(blob_path, O_RDONLY | O_NOFOLLOW), blob_path);
    const auto tar = make_decompressor(compression_of(blob_path), blob);
    apply_layer(*tar, staged.diff(), options_for(layer));
    DigestingSink digest;
    write_layer_tar(staged.diff(), digest, write_options(layer.times));
    return digest.finish();
}

}  // namespace layers
