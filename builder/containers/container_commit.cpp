#include "builder/containers/container_commit.hpp"

#include "builder/containers/container_mount.hpp"
#include "builder/containers/container_turn.hpp"
#include "builder/containers/linked_layers.hpp"
#include "builder/images/export_files.hpp"
#include "builder/steps/copy_files.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "overlay/needless_marks.hpp"
#include "overlay/upper_merge.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using layers::LayerRecord;
using runtime::quoted;

bool operator==(const layers::TimeRule& left, const layers::TimeRule& right) {
    return left.clamp_seconds == right.clamp_seconds && left.clamp_all == right.clamp_all;
}

struct Measured {
    layers::Digest diff_id;
    std::int64_t tar_bytes;
};

Measured measure(const std::string& folder, const layers::TimeRule& times) {
    layers::DigestingSink digest;
    layers::write_layer_tar(runtime::open_path(folder, O_RDONLY | O_DIRECTORY), digest, layers::write_options(times));
    const auto bytes = static_cast<std::int64_t>(digest.size_bytes());
    return {digest.finish(), bytes};
}

bool is_empty(const std::string& folder) {
    return runtime::list_folder(runtime::open_path(folder, O_RDONLY | O_DIRECTORY)).empty();
}

/// The layers of the image that the container was made from, bottom first.
std::vector<SealedLayerPointer> base_layers(const WorkingContainer& container) {
    std::vector<SealedLayerPointer> layers = container.below().layers;
    layers.resize(layers.size() - container.record().layers.size());
    return layers;
}

overlay::LayeredView view_of(std::vector<SealedLayerPointer> layers) {
    StageState state;
    state.layers = std::move(layers);
    return state.view();
}

/// Everything that the container wrote, copied into one new folder: earlier commits have made layers of parts of it, or
/// somebody is still at work in it.
LayerRecord merge_layers(WorkingContainer& container, const layers::TimeRule& times, bool is_alone) {
    const layers::ContainerRecord& record = container.record();
    layers::Store& store = container.store();
    // With times of its own the new layer has files of its own: shared ones would change in the layers of before, too.
    const bool may_share = !times.clamp_seconds;
    std::vector<overlay::UpperPart> parts = {{record.diff_path(), is_alone && may_share}};
    for (auto layer = record.layers.rbegin(); layer != record.layers.rend(); ++layer)
        parts.push_back({layer->folder, may_share});
    layers::StagedLayer staged = store.staging().new_layer();
    overlay::merge_uppers(parts, view_of(base_layers(container)), staged.diff_path());
    layers::apply_times(staged.diff(), times);
    staged.finish();
    const std::string folder = store.layers().adopt(staged);
    const Measured measured = measure(folder, times);
    if (is_alone) return store.containers().seal(record.id, folder, measured.diff_id, measured.tar_bytes, times);
    return store.layers().record({folder, measured.diff_id, measured.tar_bytes, times});
}

/// The container's own layer, or nothing where it wrote nothing.
std::optional<LayerRecord> own_layer(WorkingContainer& container, const layers::TimeRule& times) {
    const layers::ContainerRecord& record = container.record();
    // What others changed in copies replaces the container's folder, which must not happen while it is read.
    std::optional<ContainerTurn> turn;
    if (container.store().driver() == overlay::Driver::copies) turn.emplace(container.store(), record);
    keep_changes_of_copy(container);
    const bool wrote_nothing = is_empty(record.diff_path());
    if (wrote_nothing && record.layers.empty()) return std::nullopt;
    if (wrote_nothing && record.layers.size() == 1 && record.layers.front().times == times)
        return record.layers.front();
    const bool is_alone = container.try_lock_alone();
    if (!is_alone || !record.layers.empty()) return merge_layers(container, times, is_alone);
    runtime::remove_tree(record.folder + "/work");
    const runtime::Fd diff = runtime::open_path(record.diff_path(), O_RDONLY | O_DIRECTORY);
    overlay::drop_needless_marks(diff, view_of(base_layers(container)));
    layers::apply_times(diff, times);
    const Measured measured = measure(record.diff_path(), times);
    return container.store().containers().seal(record.id, record.diff_path(), measured.diff_id, measured.tar_bytes,
                                               times);
}

/// The layer of a container that wrote nothing: images of other tools have it too.
LayerRecord empty_layer(layers::Store& store, const layers::TimeRule& times) {
    layers::StagedLayer staged = store.staging().new_layer();
    staged.finish();
    const std::string folder = store.layers().adopt(staged);
    const Measured measured = measure(folder, times);
    return store.layers().record({folder, measured.diff_id, measured.tar_bytes, times});
}

/// --add-file: what the commit adds to the files of the container, which do not get it.
LayerRecord added_layer(layers::Store& store, const StageState& state, const ContainerCommit& commit) {
    layers::StagedLayer staged = store.staging().new_layer();
    overlay::UpperFolder upper(staged.diff_path(), state.view());
    const CopyOptions options;
    CopyWriter writer(upper, options);
    for (const auto& [source, destination] : commit.added_files) {
        const CopySource host({"/"}, false, "this machine");
        CopyPart part;
        part.source = &host;
        part.place = host.view().resolve(source);
        if (!part.place.entry) throw runtime::Error("--add-file: stat {}: no such file or directory", source);
        if (part.place.entry->is_folder()) throw runtime::Error("--add-file: \"{}\" is not a regular file", source);
        part.tree = host.look(part.place, nullptr);
        part.name = source.substr(source.rfind('/') + 1);
        writer.copy(part, destination);
    }
    layers::apply_times(staged.diff(), commit.files);
    staged.finish();
    const std::string folder = store.layers().adopt(staged);
    const Measured measured = measure(folder, commit.files);
    return store.layers().record({folder, measured.diff_id, measured.tar_bytes, commit.files});
}

/// What `copy --link` made, as a layer of the image. The container keeps its own, which may have other names.
LayerRecord linked_layer(layers::Store& store, const std::string& path, const StageState& state,
                         const layers::TimeRule& times) {
    layers::StagedLayer staged = store.staging().new_layer();
    overlay::merge_uppers({{path, !times.clamp_seconds}}, state.view(), staged.diff_path());
    layers::apply_times(staged.diff(), times);
    staged.finish();
    const std::string folder = store.layers().adopt(staged);
    const Measured measured = measure(folder, times);
    return store.layers().record({folder, measured.diff_id, measured.tar_bytes, times});
}

void add_linked_layers(WorkingContainer& container, ContainerState& state, StageState& image,
                       const ContainerCommit& commit) {
    for (const LinkedLayer& layer : container.state().linked_layers) {
        const LayerRecord record = linked_layer(container.store(), path_of(container, layer), image, commit.files);
        image.layers.push_back(SealedLayer::known(record, ""));
        layers::oci::HistoryEntry entry;
        entry.created = layer.created;
        entry.created_by = layer.created_by;
        state.config.history.push_back(std::move(entry));
    }
}

void add_layer_history(ContainerState& state, const std::string& created, const std::string& base_name) {
    layers::oci::HistoryEntry entry;
    entry.created = created;
    entry.created_by = state.created_by;
    if (entry.created_by.empty() && !state.config.config.shell.empty())
        entry.created_by = fmt::format("{}", fmt::join(state.config.config.shell, " "));
    if (entry.created_by.empty()) entry.created_by = "/bin/sh";
    entry.author = state.config.author;
    entry.comment = state.history_comment;
    if (!base_name.empty()) entry.comment += (entry.comment.empty() ? "FROM " : " FROM ") + base_name;
    state.config.history.push_back(std::move(entry));
}

}  // namespace

CommittedImage commit_container(WorkingContainer& container, const ContainerCommit& commit) {
    layers::Store& store = container.store();
    StageState image;
    image.layers = base_layers(container);
    const std::optional<LayerRecord> own = own_layer(container, commit.files);
    image.layers.push_back(SealedLayer::known(own ? *own : empty_layer(store, commit.files), ""));
    ContainerState state = container.state();
    if (commit.adjust) commit.adjust(state);
    const bool has_base = container.record().image_id.has_value();
    add_layer_history(state,
                      commit.image.times.clamp_seconds
                          ? runtime::rfc3339(timespec{*commit.image.times.clamp_seconds, 0})
                          : runtime::rfc3339_now(),
                      has_base ? container.record().image_name : "");
    add_linked_layers(container, state, image, commit);
    if (!commit.added_files.empty()) {
        image.layers.push_back(SealedLayer::known(added_layer(store, image, commit), ""));
        add_layer_history(state, "", "");
        state.config.history.back().created_by = "/bin/sh -c #(nop) ADD files";
    }
    if (commit.squash) image = squash(store, std::move(image), commit.files);
    if (commit.squash && state.config.history.size() > 1)
        state.config.history.erase(state.config.history.begin(), state.config.history.end() - 1);
    if (commit.omit_history) state.config.history.clear();
    if (commit.image.format == layers::Flavour::oci) drop_docker_fields(state.config);
    image.config = std::move(state.config);
    image.annotations = std::move(state.annotations);
    if (commit.amend) commit.amend(image);
    CommitOptions options = commit.image;
    options.use_cache = false;
    options.limits_history = false;
    return commit_image(store, std::move(image), options);
}

}  // namespace builder
