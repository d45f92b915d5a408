// The build cache in registries: what other machines have built already. One manifest a cache: its configuration lists
// keys of steps with the layers that they gave, its layers are those layers.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/record/step_follower.hpp"
#include "layers/oci/descriptor.hpp"
#include "registry/export_image.hpp"
#include "registry/remote/registries.hpp"
#include "runtime/base/once.hpp"

namespace builder {

/// The name of a cache: "NAME", "docker://NAME", another transport, or "type=registry,ref=NAME". Throws Error.
std::string parse_cache_place(const std::string& text);

/// Caches that are read (--cache-from) and written (--cache-to). Whatever fails about them is told and never ends a
/// build.
class RemoteCache final : public StepFollower {
public:
    struct Places {
        std::vector<std::string> from;
        std::vector<std::string> to;
        bool is_inline = false;  ///< the image tells of its own steps
        bool empty() const noexcept { return from.empty() && to.empty() && !is_inline; }
    };
    /// All references outlive it.
    RemoteCache(layers::Store& store, Places places, registry::Registries& registries, BuildObserver& observer);
    ~RemoteCache() override;

    std::optional<layers::CacheRecord> find(const StepKey& key, const std::vector<SealedLayerPointer>& below) override;
    void layer_added(std::size_t stage, const StepKey& key, const std::vector<SealedLayerPointer>& layers) override;

    /// When an image of this content was made first; keeps it from now on where no cache knows.
    std::string creation_time(const layers::Digest& key, const std::string& otherwise);

    /// What the configuration of an image with these layers says of its steps, as JSON, under the name inline_field.
    std::string inline_text(const std::vector<SealedLayerPointer>& layers) const;
    static constexpr const char* inline_field = "builder.cache.v1";

    /// Says how often the caches helped.
    void report() const;
    /// Writes the steps of this build into the caches, beside what others have put there.
    void write(const registry::ExportOptions& options);

private:
    class Opened;
    void open_all();
    void write_one(const std::string& place, const registry::ExportOptions& given);

    layers::Store& store_;
    Places places_;
    registry::Registries& registries_;
    BuildObserver& observer_;
    runtime::Once opened_once_;
    std::vector<std::unique_ptr<Opened>> opened_;
    std::mutex mutex_;
    struct Step {
        StepKey key;
        std::vector<SealedLayerPointer> layers;  ///< the last one is the step's
    };
    std::vector<Step> steps_;
    std::map<layers::Digest, std::string> image_times_;
    std::atomic<unsigned> hits_{0};
    std::atomic<unsigned> misses_{0};
};

}  // namespace builder
