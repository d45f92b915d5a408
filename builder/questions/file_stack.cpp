#include "builder/questions/file_stack.hpp"

#include "builder/images/additional_stores.hpp"
#include "builder/images/local_images.hpp"
#include "builder/questions/layer_history.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

/// Throws Error where somebody took the files of a layer away.
void require_files(const layers::LayerRecord& layer, const std::string& name) {
    if (layer.is_there()) return;
    throw Error("the files of the layer {} of {} are gone: there is no folder {}", layer.diff_id.text(), quoted(name),
                quoted(layer.folder))
        .with_hint("builder check --repair says what can be mended");
}

FileStack stack_of_container(layers::Store& store, const layers::ContainerRecord& record, const std::string& name) {
    auto container = std::make_shared<const WorkingContainer>(store, record.id);
    FileStack stack{name, container->state().config, {}, std::nullopt, container};
    std::size_t place = 0;
    std::vector<std::optional<std::size_t>> entries;
    if (container->record().image_id) stack.image = store.images().find(*container->record().image_id);
    if (stack.image) entries = entries_of_layers(layers::oci::parse_image_config(stack.image->config));
    for (const SealedLayerPointer& layer : container->below().layers) {
        if (layer->folder.empty()) continue;
        const layers::LayerRecord known = layer->record.get();
        require_files(known, name);
        stack.layers.push_back(
            {known.folder, known.diff_id, known.tar_bytes, place < entries.size() ? entries[place] : std::nullopt});
        ++place;
    }
    stack.layers.push_back({container->record().diff_path()});
    return stack;
}

}  // namespace

overlay::LayeredView FileStack::view() const {
    std::vector<std::string> folders;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) folders.push_back(layer->folder);
    return {folders, overlay::store_marks()};
}

layers::ImageRecord require_image(layers::Store& store, const std::string& text) {
    bring_from_additional_stores(store, text, runtime::StopSource());
    return require_local_image(store, text);
}

FileStack stack_of_image(layers::Store& store, const layers::ImageRecord& image, const std::string& name) {
    FileStack stack{name, layers::oci::parse_image_config(image.config), {}, image, nullptr};
    const auto entries = entries_of_layers(stack.config);
    for (const layers::LayerRecord& layer : store.layers().of_image(image.id)) {
        require_files(layer, name);
        const std::size_t place = stack.layers.size();
        stack.layers.push_back(
            {layer.folder, layer.diff_id, layer.tar_bytes, place < entries.size() ? entries[place] : std::nullopt});
    }
    return stack;
}

FileStack open_stack(layers::Store& store, const std::string& text) {
    if (const auto container = find_container(store, text)) return stack_of_container(store, *container, text);
    return stack_of_image(store, require_image(store, text), text);
}

std::string nearest_path(const overlay::LayeredView& view, const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const auto folder = view.find(slash == std::string::npos ? "" : path.substr(0, slash));
    if (!folder || !folder->folder) return "";
    const std::vector<std::string> names = view.list(*folder->folder);
    const std::vector<std::string_view> known(names.begin(), names.end());
    return did_you_mean(slash == std::string::npos ? path : path.substr(slash + 1), known);
}

FileStack stack_below(const FileStack& stack) {
    FileStack below = stack;
    if (!below.layers.empty()) below.layers.pop_back();
    return below;
}

}  // namespace builder
