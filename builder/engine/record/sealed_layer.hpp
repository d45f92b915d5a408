// Sealing: a step's upper folder becomes a layer by rename; its diff ID is computed in the background, while later
// steps run on top of it already.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "layers/secret_scan.hpp"
#include "layers/store/store.hpp"
#include "runtime/base/worker_pool.hpp"

namespace builder {

/// A layer of the build. Its files can be used at once; its record is known when the future is ready.
struct SealedLayer {
    std::string folder;  ///< the files; empty where the layer has none, so that nothing needs to be stacked
    std::shared_future<layers::LayerRecord> record;
    std::string created;  ///< RFC 3339
    /// Where it is known before the record is.
    std::optional<layers::Digest> diff_id = std::nullopt;

    static std::shared_ptr<const SealedLayer> known(layers::LayerRecord record, std::string created);
};
using SealedLayerPointer = std::shared_ptr<const SealedLayer>;

/// Folders to stack for these layers, topmost first; bottom first here.
std::vector<std::string> folders_of(const std::vector<SealedLayerPointer>& layers);

/// What the cache keeps for a step.
struct StepKey {
    layers::Digest key;
    layers::Digest step;
    std::vector<layers::KeyInput> inputs;
    std::string below = "";    ///< what it is made on, see layers::CacheRecord
    std::string run = "";      ///< names this run of the step
    std::int64_t took_ms = 0;  ///< this run, till its files were made
    bool is_recorded = true;
};

struct SealOptions {
    layers::TimeRule times = {};
    bool fill_cache = true;                                           ///< record the step
    std::shared_ptr<const layers::SecretPatterns> secrets = nullptr;  ///< what no layer may hold; may be empty
};

class LayerSealer {
public:
    LayerSealer(layers::Store& store, unsigned threads, SealOptions options);

    /// Takes the folder over. The cache row is written when the diff ID is known; `turn` is kept till then. Where the
    /// layer holds a secret, its record is an Error that names the file and `step`, the text of what made it.
    /// Thread-safe.
    SealedLayerPointer seal(layers::StagedLayer staged, StepKey key, std::string created, std::string step = "",
                            std::shared_ptr<const void> turn = nullptr);

    /// A layer that the cache has. It is searched for secrets as a new one, unless that was done before.
    SealedLayerPointer known(layers::LayerRecord record, std::string created, std::string step);

private:
    layers::LayerRecord finish(const std::string& folder, const StepKey& key, const std::string& created);
    layers::LayerRecord search(const layers::LayerRecord& record);
    void write_tar(const std::string& folder, const layers::TimeRule& times, runtime::Sink& sink) const;
    layers::Store& store_;
    SealOptions options_;
    std::uint16_t mark_ = 0;       ///< of the secrets
    runtime::WorkerPool workers_;  // last: its threads use the others
};

}  // namespace builder
