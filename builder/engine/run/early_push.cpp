#include "builder/engine/run/early_push.hpp"

#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// Few, so that packing does not take the processors from the steps.
constexpr unsigned threads = 2;

}  // namespace

EarlyPush::EarlyPush(layers::Store& store, std::unique_ptr<registry::ImageDestination> destination,
                     const BuildPlan& plan, const registry::ExportOptions& options, registry::Registries& registries)
    : store_(store),
      destination_(std::move(destination)),
      options_(options),
      registries_(registries),
      workers_(std::make_unique<runtime::WorkerPool>(threads)) {
    for (std::size_t stage = plan.target; stages_.insert(stage).second;)
        if (plan.stages[stage].base == StagePlan::Base::stage) stage = plan.stages[stage].base_stage;
}

void EarlyPush::layer_added(std::size_t stage, const StepKey&, const std::vector<SealedLayerPointer>& layers) {
    if (!stages_.contains(stage)) return;
    workers_->submit([this, layer = layers.back()] {
        try {
            registry::export_layer(layer->record.get(), store_, *destination_, options_, registries_.stop());
        } catch (const runtime::Error&) {
            // Where it matters, the commit meets it again and says so.
        }
    });
}

layers::oci::Descriptor EarlyPush::commit(const layers::ImageRecord& image) {
    workers_.reset();
    return registry::export_image(image, store_, *destination_, options_, registries_.stop());
}

}  // namespace builder
