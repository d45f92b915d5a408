// Why a step runs again: what differs from the step at the same place of builds before.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/build_record.hpp"
#include "builder/engine/record/step_key.hpp"
#include "builder/engine/record/tree_list.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// What a stage was up to the step.
struct StageSoFar {
    std::size_t last_run_step = 0;  ///< of this stage: the last one before that made a layer anew; 0: none
    std::string base_name = {};     ///< as in BuildObserver::base_opened()
    std::string base_id = {};
};

/// Reads the records of builds of the same subject when it is asked for the first time, the newest first. Thread-safe.
class RerunReasons {
public:
    /// The store outlives it. An empty subject has no builds before.
    RerunReasons(layers::Store& store, std::string subject) : store_(store), subject_(std::move(subject)) {}

    /// Keeps the lists of the trees that a step reads, for the next time.
    void keep(const StepKey& key, const std::vector<ReadTree>& trees) const;
    /// The first input that differs from the step of the same stage, of one of the last builds which shares
    /// most inputs with this one, the newest of several; else from the newest record of the step itself. For a tree the
    /// file in it is named, if its list of then is still there, and that of now was kept. Empty where nothing was
    /// before. A record that cannot be read counts as none.
    StepReason why(const StepLabel& step, const StepKey& key, const StageSoFar& stage,
                   const std::vector<ReadTree>& trees);

private:
    struct Before {
        std::vector<layers::KeyInput> inputs;
        const BuildRecord* build = nullptr;  ///< nothing where only the cache knows the step
        std::size_t shared = 0;              ///< how many inputs are those of the step at hand
    };
    BuildRecord* build_before(std::size_t age);
    std::optional<Before> find_before(const StepLabel& step, const StepKey& key);
    std::optional<Before> find_in(BuildRecord& build, const StepLabel& step, const StepKey& key);
    const std::vector<layers::KeyInput>& inputs_of(RecordedStep& step);
    StepReason explain(const Before& before, const StepLabel& step, const StepKey& key, const StageSoFar& stage,
                       const std::vector<ReadTree>& trees);
    StepReason file_in(const std::string& input, const std::string& before, const std::string& now,
                       const std::vector<ReadTree>& trees) const;

    layers::Store& store_;
    std::string subject_;
    std::mutex mutex_;
    bool is_listed_ = false;
    std::vector<layers::BuildFile> files_;  ///< of the subject, the newest first
    std::vector<BuildRecord> builds_;       ///< those that were read, in the same order
};

}  // namespace builder
