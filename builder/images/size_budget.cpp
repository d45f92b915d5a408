#include "builder/images/size_budget.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "builder/syntax/human_size.hpp"
#include "builder/syntax/mount_options.hpp"
#include "layers/oci/image_config.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

struct AddedLayer {
    std::int64_t bytes = 0;
    std::string step;
    bool is_new = true;  ///< the image of before has it not
};

/// By layer, the entry of the history that tells of it, counted from the top: a base may tell of fewer than it has.
std::vector<std::string> steps_of_layers(const StageState& state) {
    std::vector<std::string> steps(state.layers.size(), "a layer of the base image");
    std::size_t layer = steps.size();
    const auto& history = state.config.history;
    for (auto entry = history.rbegin(); entry != history.rend() && layer > 0; ++entry)
        if (!entry->empty_layer) steps[--layer] = entry->created_by;
    return steps;
}

std::vector<AddedLayer> layers_of(const StageState& state, const std::optional<layers::ImageRecord>& before) {
    std::set<std::string> known;
    if (before)
        for (const layers::Digest& diff_id : layers::oci::parse_image_config(before->config).diff_ids)
            known.insert(diff_id.text());
    const std::vector<std::string> steps = steps_of_layers(state);
    std::vector<AddedLayer> layers;
    for (std::size_t i = 0; i < state.layers.size(); ++i) {
        const layers::LayerRecord record = state.layers[i]->record.get();
        layers.push_back({record.tar_bytes, steps[i], !known.contains(record.diff_id.text())});
    }
    return layers;
}

/// The steps that added most, of the new ones where growth is asked for.
std::string blame(std::vector<AddedLayer> layers, bool new_ones) {
    constexpr std::size_t most = 3;
    constexpr std::size_t longest = 80;
    if (new_ones) std::erase_if(layers, [](const AddedLayer& layer) { return !layer.is_new; });
    std::stable_sort(layers.begin(), layers.end(),
                     [](const AddedLayer& left, const AddedLayer& right) { return left.bytes > right.bytes; });
    std::string text;
    for (std::size_t i = 0; i < std::min(most, layers.size()); ++i) {
        std::string step = layers[i].step;
        if (step.size() > longest) {
            std::size_t end = longest;  // not within a letter
            while (end > 0 && (static_cast<unsigned char>(step[end]) & 0xc0) == 0x80) --end;
            step = step.substr(0, end) + "…";
        }
        text += fmt::format("{}{} by {}", text.empty() ? "" : "; ", human_size(layers[i].bytes), step);
    }
    return text;
}

}  // namespace

SizeBudget parse_size_budget(const std::string& text) {
    constexpr std::string_view prefix = "image=";
    if (!text.starts_with(prefix))
        throw Error("--budget takes image=SIZE or image=+SIZE, not {}", runtime::quoted(text));
    const bool is_growth = text.size() > prefix.size() && text[prefix.size()] == '+';
    return {text, parse_size(std::string_view(text).substr(prefix.size() + (is_growth ? 1 : 0))), is_growth};
}

void require_within(const SizeBudget& budget, const StageState& state,
                    const std::optional<layers::ImageRecord>& before) {
    const std::vector<AddedLayer> layers = layers_of(state, before);
    std::int64_t bytes = 0;
    for (const AddedLayer& layer : layers) bytes += layer.bytes;
    const std::int64_t already = budget.is_growth && before ? before->size_bytes : 0;
    if (bytes - already <= static_cast<std::int64_t>(budget.bytes)) return;
    const std::string sizes = budget.is_growth ? fmt::format("{}, {} more than the one that has its name",
                                                             human_size(bytes), human_size(bytes - already))
                                               : human_size(bytes);
    throw Error("the image would be larger than --budget {} allows: {}", budget.text, sizes)
        .with_hint("the steps that added most: " + blame(layers, budget.is_growth));
}

}  // namespace builder
