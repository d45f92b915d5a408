#include "builder/engine/run/step_images.hpp"

namespace builder {
namespace {

std::map<std::string, std::string> labels_of_steps(const BuildImageRequest& request) {
    std::map<std::string, std::string> labels = request.layer_labels;
    labels.insert(request.own_labels.begin(), request.own_labels.end());
    return labels;
}

}  // namespace

ImageKeeper image_keeper(layers::Store& store, const BuildImageRequest& request, CommitOptions options) {
    options.names.clear();
    options.annotations.clear();
    options.labels = labels_of_steps(request);
    return [&store, options](const StageState& state) {
        const CommittedImage image = commit_image(store, state, options);
        return KeptImage{std::string(image.record.id.hex()), image.record.created, image.was_known};
    };
}

std::map<std::string, std::string> stage_labels(const StagePlan& stage, const StageImages& images) {
    std::string base = stage.base_image;
    if (stage.base == StagePlan::Base::stage)
        if (const auto image = images.find(stage.base_stage); image != images.end()) base = image->second;
    return {{"io.buildah.stage.name", stage.label()}, {"io.buildah.stage.base", base}};
}

StageImages save_stages(layers::Store& store, const BuildPlan& plan, Executor::Result& result,
                        const BuildImageRequest& request, CommitOptions options) {
    StageImages images;
    options.names.clear();
    for (auto& [index, state] : result.others) {
        const StagePlan& stage = plan.stages[index];
        if (stage.instructions.empty()) continue;
        options.labels = labels_of_steps(request);
        if (request.stage_labels) options.labels.merge(stage_labels(stage, images));
        images.emplace(index, commit_image(store, std::move(state), options).record.id.hex());
    }
    return images;
}

}  // namespace builder
