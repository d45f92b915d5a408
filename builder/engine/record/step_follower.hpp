// What may be told of each step besides the store: caches elsewhere, uploads that begin before the build ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/sealed_layer.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// Called from several threads at once.
class StepFollower {
public:
    virtual ~StepFollower() = default;
    /// The record of a step that the store does not know, with its layer brought into the store: one that was made on
    /// layers like those below, bottom first. Nothing where nobody knows it, or it cannot be had.
    virtual std::optional<layers::CacheRecord> find(const StepKey& key,
                                                    const std::vector<SealedLayerPointer>& below) = 0;
    /// A stage has a new topmost layer, the last of these, out of a cache or made just now; its record may not be known
    /// yet.
    virtual void layer_added(std::size_t stage, const StepKey& key, const std::vector<SealedLayerPointer>& layers) = 0;
};

/// Several as one; they outlive it.
class StepFollowers final : public StepFollower {
public:
    void add(StepFollower& follower) { followers_.push_back(&follower); }
    bool empty() const noexcept { return followers_.empty(); }

    std::optional<layers::CacheRecord> find(const StepKey& key, const std::vector<SealedLayerPointer>& below) override {
        for (StepFollower* const follower : followers_)
            if (auto record = follower->find(key, below)) return record;
        return std::nullopt;
    }
    void layer_added(std::size_t stage, const StepKey& key, const std::vector<SealedLayerPointer>& layers) override {
        for (StepFollower* const follower : followers_) follower->layer_added(stage, key, layers);
    }

private:
    std::vector<StepFollower*> followers_;
};

}  // namespace builder
