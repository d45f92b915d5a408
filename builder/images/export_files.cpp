#include "builder/images/export_files.hpp"

#include <algorithm>

#include <unistd.h>

#include "builder/steps/config_step.hpp"
#include "builder/steps/copy_files.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "overlay/upper_merge.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/output_place.hpp"
#include "runtime/sys/umask.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

ExportSpec parse_export(const std::string& text) {
    if (text == "-") return {true, "-"};
    if (text.find('=') == std::string::npos) return {false, text};
    ExportSpec spec;
    std::string type;
    for (const std::string_view part : runtime::split(text, ',')) {
        const auto [key, value] = runtime::split_once(part, '=');
        if (key == "type")
            type = value;
        else if (key == "dest" || key == "destination")
            spec.destination = value;
        else
            throw Error("--output {}: {} is not known", quoted(text), quoted(key))
                .with_hint("it takes type=local or tar, and dest=");
    }
    if (type != "local" && type != "tar") throw Error("--output {}: the type is local or tar", quoted(text));
    if (spec.destination.empty()) throw Error("--output {}: dest= is missing", quoted(text));
    spec.as_tar = type == "tar";
    return spec;
}

/// Copies everything that a stage shows into one folder, owners, times and links as they are.
void copy_everything(const StageState& state, const std::string& target) {
    const CopySource source(state.lower_folders(), true, "the stage");
    CopyPart part;
    part.source = &source;
    part.place = source.view().resolve("");
    part.tree = source.look(part.place, nullptr);
    overlay::UpperFolder upper(target, overlay::LayeredView({}, overlay::store_marks()));
    const CopyOptions options;
    CopyWriter(upper, options).copy(part, "/");
}

void write_tar(const layers::StagedLayer& staged, runtime::Sink& sink) {
    layers::write_layer_tar(staged.diff(), sink, {});
}

}  // namespace

std::vector<ExportSpec> parse_exports(const std::vector<std::string>& texts) {
    std::vector<ExportSpec> specs;
    for (const std::string& text : texts) specs.push_back(parse_export(text));
    return specs;
}

void export_files(layers::Store& store, const StageState& state, const ExportSpec& spec) {
    if (!spec.as_tar) {
        runtime::check_output_folder(spec.destination);
        runtime::make_folders(spec.destination, runtime::output_mode(0755));
        return copy_everything(state, spec.destination);
    }
    const layers::StagedLayer staged = store.staging().new_layer();
    copy_everything(state, staged.diff_path());
    if (spec.destination == "-") {
        runtime::FileSink sink(runtime::Fd(::dup(STDOUT_FILENO)), "standard output");
        return write_tar(staged, sink);
    }
    runtime::OutputFile output(spec.destination, {});
    runtime::FileSink sink(output.file().duplicate(), spec.destination);
    write_tar(staged, sink);
    output.finish();
}

namespace {

/// A finished folder as the layer in the place of those from `first` on.
StageState with_one_layer(layers::Store& store, StageState state, std::size_t first, layers::StagedLayer staged,
                          const layers::TimeRule& times) {
    LayerSealer sealer(store, 1, {times, false});
    const std::string created = state.layers.empty() ? "" : state.layers.back()->created;
    const layers::Digest unused = state.files_key;
    SealedLayerPointer layer = sealer.seal(std::move(staged), {unused, unused, {}}, created);
    layer->record.wait();
    state.layers.resize(first);
    state.layers.push_back(layer);
    return state;
}

/// The one layer of all steps is that of the last one; where there was none, the history has an entry for it.
void give_layer_to_last(StageState& state) {
    auto& history = state.config.history;
    for (std::size_t i = state.image_history; i < history.size(); ++i) history[i].empty_layer = true;
    if (history.size() <= state.image_history) add_history(state, "/bin/sh", false);
    history.back().empty_layer = false;
    if (history.back().created.empty()) history.back().created = state.layers.back()->created;
}

}  // namespace

StageState squash(layers::Store& store, StageState state, const layers::TimeRule& times) {
    for (const SealedLayerPointer& layer : state.layers) layer->record.wait();
    layers::StagedLayer staged = store.staging().new_layer();
    copy_everything(state, staged.diff_path());
    state = with_one_layer(store, std::move(state), 0, std::move(staged), times);
    // What is below is in the layer now.
    auto& history = state.config.history;
    history.erase(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(state.image_history));
    state.image_layers = state.image_history = 0;
    give_layer_to_last(state);
    return state;
}

StageState join_layers(layers::Store& store, StageState state, const layers::TimeRule& times) {
    const std::size_t first = state.image_layers;
    if (state.config.history.size() <= state.image_history) return state;
    if (state.layers.size() == first + 1) {
        give_layer_to_last(state);
        return state;
    }
    for (const SealedLayerPointer& layer : state.layers) layer->record.wait();
    std::vector<overlay::UpperPart> parts;
    for (std::size_t i = state.layers.size(); i-- > first;)
        if (!state.layers[i]->folder.empty()) parts.push_back({state.layers[i]->folder, true});
    StageState below;
    below.layers.assign(state.layers.begin(), state.layers.begin() + static_cast<std::ptrdiff_t>(first));
    layers::StagedLayer staged = store.staging().new_layer();
    overlay::merge_uppers(parts, below.view(), staged.diff_path());
    state = with_one_layer(store, std::move(state), first, std::move(staged), times);
    give_layer_to_last(state);
    return state;
}

}  // namespace builder
