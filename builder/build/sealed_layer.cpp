#include "builder/build/sealed_layer.hpp"

#include "layers/layer_writer.hpp"
#include "layers/store/layer_tar.hpp"
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

}  // namespace

SealedLayerPointer SealedLayer::known(layers::LayerRecord record, std::string created) {
    std::promise<layers::LayerRecord> promise;
    auto layer = std::make_shared<SealedLayer>();
    layer->folder = record.folder;
    layer->created = std::move(created);
    layer->record = promise.get_future().share();
    promise.set_value(std::move(record));
    return layer;
}

SealedLayerPointer LayerSealer::seal(layers::StagedLayer staged, StepKey key, std::string created, std::string step) {
    layers::apply_times(staged.diff(), options_.times);
    staged.finish();
    const bool is_empty = runtime::list_folder(staged.diff()).empty();
    const std::string folder = store_.adopt_layer(staged);
    auto layer = std::make_shared<SealedLayer>();
    layer->folder = is_empty ? "" : folder;
    layer->created = created;
    layer->record =
        workers_
            .submit([this, folder, key = std::move(key), created = std::move(created), step = std::move(step)] {
                try {
                    return finish(folder, key, created);
                } catch (runtime::Error& error) {
                    if (!step.empty()) error.add_context("{}", step);
                    throw;
                }
            })
            .share();
    return layer;
}

layers::LayerRecord LayerSealer::finish(const std::string& folder, const StepKey& key, const std::string& created) {
    const runtime::Fd diff = runtime::open_path(folder, O_RDONLY | O_DIRECTORY);
    layers::DigestingSink digest;
    layers::LayerWriteOptions write = layers::write_options(options_.times);
    if (options_.secrets) {
        layers::SecretScanner scanner(*options_.secrets);
        runtime::TeeSink both(digest, scanner);
        write.on_entry = [&](const std::string& path) { scanner.begin_entry(path); };
        layers::write_layer_tar(diff, both, write);
        if (scanner.leak()) throw_leak(*scanner.leak());
    } else {
        layers::write_layer_tar(diff, digest, write);
    }
    std::optional<layers::LayerRecord> record;
    const layers::Digest diff_id = digest.finish();
    store_.in_transaction([&] {
        record = store_.record_layer({folder, diff_id, static_cast<std::int64_t>(digest.size_bytes()), options_.times});
        if (options_.fill_cache) store_.put_cached({key.key, key.step, record, created}, key.inputs);
    });
    runtime::log_debug("the layer {} has the diff ID {}, {} bytes", folder, diff_id.text(), digest.size_bytes());
    return *std::move(record);
}

}  // namespace builder
