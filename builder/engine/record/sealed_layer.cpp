#include "builder/engine/record/sealed_layer.hpp"

#include "layers/layer_writer.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/store/tar_split_file.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {
namespace {

[[noreturn]] void throw_leak(const layers::SecretScanner::Leak& leak) {
    runtime::Error error("the file {} would carry the secret {} into the image, {}", runtime::quoted("/" + leak.entry),
                         runtime::quoted(leak.form.secret), leak.form.name);
    throw error.with_hint("let the step remove it before it ends, or write it to a RUN --mount=type=tmpfs");
}

/// Does a part of the work on a step's layer: where it fails, the step is named.
template <typename Work>
layers::LayerRecord of_step(const std::string& step, Work work) {
    try {
        return work();
    } catch (runtime::Error& error) {
        if (!step.empty()) error.add_context("{}", step);
        throw;
    }
}

/// Without it, it is made when the image is published.
void keep_tar_split(layers::TarSplitFile& split, const std::string& path) {
    try {
        split.keep(path);
    } catch (const runtime::Error& error) {
        runtime::log_debug("a layer has no tar-split yet: {}", error.full_message());
    }
}

}  // namespace

SealedLayerPointer SealedLayer::known(layers::LayerRecord record, std::string created) {
    std::promise<layers::LayerRecord> promise;
    auto layer = std::make_shared<SealedLayer>();
    layer->folder = record.folder;
    layer->created = std::move(created);
    layer->diff_id = record.diff_id;
    layer->record = promise.get_future().share();
    promise.set_value(std::move(record));
    return layer;
}

std::vector<std::string> folders_of(const std::vector<SealedLayerPointer>& layers) {
    std::vector<std::string> folders;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
        if (!(*layer)->folder.empty()) folders.push_back((*layer)->folder);
    return folders;
}

SealedLayerPointer LayerSealer::seal(layers::StagedLayer staged, StepKey key, std::string created, std::string step,
                                     std::shared_ptr<const void> turn) {
    layers::apply_times(staged.diff(), options_.times);
    staged.finish();
    const bool is_empty = runtime::list_folder(staged.diff()).empty();
    const std::string folder = store_.layers().adopt(staged);
    auto layer = std::make_shared<SealedLayer>();
    layer->folder = is_empty ? "" : folder;
    layer->created = created;
    layer->record = workers_
                        .submit([this, folder, key = std::move(key), created = std::move(created),
                                 step = std::move(step), turn = std::move(turn)]() mutable {
                            // The future keeps what was captured; the turn ends here.
                            const auto held = std::move(turn);
                            return of_step(step, [&] { return finish(folder, key, created); });
                        })
                        .share();
    return layer;
}

LayerSealer::LayerSealer(layers::Store& store, unsigned threads, SealOptions options)
    : store_(store),
      options_(std::move(options)),
      mark_(options_.secrets ? options_.secrets->mark(store.searched_layers().salt()) : std::uint16_t{0}),
      workers_(threads) {}

SealedLayerPointer LayerSealer::known(layers::LayerRecord record, std::string created, std::string step) {
    if (!options_.secrets || store_.searched_layers().was_searched(record, mark_))
        return SealedLayer::known(std::move(record), std::move(created));
    auto layer = std::make_shared<SealedLayer>();
    layer->folder = record.folder;
    layer->created = std::move(created);
    layer->diff_id = record.diff_id;
    layer->record = workers_
                        .submit([this, record = std::move(record), step = std::move(step)] {
                            return of_step(step, [&] { return search(record); });
                        })
                        .share();
    return layer;
}

/// Writes the layer's tar, and throws Error where it holds a secret.
void LayerSealer::write_tar(const std::string& folder, const layers::TimeRule& times, runtime::Sink& sink) const {
    const runtime::Fd diff = runtime::open_path(folder, O_RDONLY | O_DIRECTORY);
    layers::LayerWriteOptions write = layers::write_options(times);
    if (!options_.secrets) {
        layers::write_layer_tar(diff, sink, write);
        return;
    }
    layers::SecretScanner scanner(*options_.secrets);
    runtime::TeeSink both(sink, scanner);
    write.on_entry = [&](const std::string& path) { scanner.begin_entry(path); };
    layers::write_layer_tar(diff, both, write);
    if (scanner.leak()) throw_leak(*scanner.leak());
}

layers::LayerRecord LayerSealer::search(const layers::LayerRecord& record) {
    runtime::FunctionSink nowhere([](runtime::Bytes) {});
    write_tar(record.folder, record.times, nowhere);
    store_.searched_layers().note_searched(record, mark_);
    return record;
}

layers::LayerRecord LayerSealer::finish(const std::string& folder, const StepKey& key, const std::string& created) {
    std::unique_ptr<layers::TarSplitFile> split;
    if (layers::keeps_tar_splits(store_.location()))
        split = std::make_unique<layers::TarSplitFile>(store_.staging().new_path());
    layers::DigestingSink digest(split.get());
    write_tar(folder, options_.times, digest);
    std::optional<layers::LayerRecord> record;
    const layers::Digest diff_id = digest.finish();
    if (split) keep_tar_split(*split, layers::tar_split_path(store_.location(), diff_id));
    store_.transactions().run([&] {
        record =
            store_.layers().record({folder, diff_id, static_cast<std::int64_t>(digest.size_bytes()), options_.times});
        if (options_.secrets) store_.searched_layers().note_searched(*record, mark_);
        if (options_.fill_cache && key.is_recorded)
            store_.step_records().put({key.key, key.step, record, created, key.below, key.run, key.took_ms},
                                      key.inputs);
    });
    runtime::log_debug("the layer {} has the diff ID {}, {} bytes", folder, diff_id.text(), digest.size_bytes());
    return *std::move(record);
}

}  // namespace builder
