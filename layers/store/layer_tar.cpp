#include "layers/store/layer_tar.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "layers/verifying_source.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace layers {
namespace {

bool changes(const TimeRule& times, const timespec& time) {
    const timespec last{*times.clamp_seconds, 0};
    return times.clamp_all || std::pair(time.tv_sec, time.tv_nsec) > std::pair(last.tv_sec, last.tv_nsec);
}

void apply_time(const runtime::Fd& parent, const std::string& name, const TimeRule& times) {
    const auto status = runtime::stat_at(parent, name);
    if (!status || !changes(times, status->st_mtim)) return;
    const timespec last{*times.clamp_seconds, 0};
    const std::array both = {last, last};
    if (::utimensat(parent.get(), name.c_str(), both.data(), AT_SYMLINK_NOFOLLOW) != 0)
        throw runtime::SystemError("cannot set the times of {}", runtime::quoted(name));
}

}  // namespace

LayerWriteOptions write_options(const TimeRule& times) {
    LayerWriteOptions options;
    if (times.clamp_seconds) options.clamp_mtime = timespec{*times.clamp_seconds, 0};
    options.rewrite_all_mtimes = times.clamp_all;
    return options;
}

void apply_times(const runtime::Fd& folder, const TimeRule& times) {
    if (!times.clamp_seconds) return;
    runtime::visit_tree(folder, [&](const runtime::Fd& parent, const runtime::FolderEntry& entry) {
        apply_time(parent, entry.name, times);
    });
    apply_time(folder, ".", times);
}

void write_unverified_layer(const LayerRecord& layer, runtime::Sink& out) {
    const runtime::Fd folder = runtime::open_path(layer.folder, O_RDONLY | O_DIRECTORY);
    write_layer_tar(folder, out, write_options(layer.times));
}

void write_stored_layer(const LayerRecord& layer, runtime::Sink& out) {
    DigestingSink digest(&out);
    write_unverified_layer(layer, digest);
    check_layer_digest(layer, digest.finish());
}

void check_layer_digest(const LayerRecord& layer, const Digest& found) {
    if (found == layer.diff_id) return;
    throw runtime::Error("the layer {} in the store is damaged: its content has the digest {}", layer.diff_id.text(),
                         found.text())
        .with_hint("remove the images that use it and build or pull them again");
}

}  // namespace layers
