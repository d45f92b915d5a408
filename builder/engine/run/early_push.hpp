// Uploads that begin while later steps still run: each layer of the image goes as soon as its digest is known.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "builder/engine/record/step_follower.hpp"
#include "builder/plan/build_plan.hpp"
#include "registry/export_image.hpp"
#include "registry/remote/registries.hpp"
#include "runtime/base/worker_pool.hpp"

namespace builder {

/// For one destination in a registry. What it sends is not part of anything before the image is committed, and what it
/// cannot send is tried again then, so it never fails.
class EarlyPush final : public StepFollower {
public:
    /// All references outlive it.
    EarlyPush(layers::Store& store, std::unique_ptr<registry::ImageDestination> destination, const BuildPlan& plan,
              const registry::ExportOptions& options, registry::Registries& registries);

    std::optional<layers::CacheRecord> find(const StepKey&, const std::vector<SealedLayerPointer>&) override {
        return std::nullopt;
    }
    void layer_added(std::size_t stage, const StepKey& key, const std::vector<SealedLayerPointer>& layers) override;

    /// Waits for what is on its way, and writes the image there; gives the descriptor of its manifest there.
    layers::oci::Descriptor commit(const layers::ImageRecord& image);

private:
    layers::Store& store_;
    std::unique_ptr<registry::ImageDestination> destination_;
    std::set<std::size_t> stages_;  ///< whose layers are the image's
    const registry::ExportOptions& options_;
    registry::Registries& registries_;
    std::unique_ptr<runtime::WorkerPool> workers_;  // last: its threads use the others
};

}  // namespace builder
