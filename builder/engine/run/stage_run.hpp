// One stage, instruction after instruction: look up by key, else run.
#pragma once

#include "builder/engine/record/rerun_reasons.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "builder/engine/record/step_turn.hpp"
#include "builder/plan/build_plan.hpp"
#include "builder/steps/run_mounts.hpp"
#include "builder/steps/step_environment.hpp"

namespace builder {

class StageRun {
public:
    StageRun(StepEnvironment& environment, const BuildPlan& plan, const StagePlan& stage, StageState base);

    /// Runs all steps and gives what came out. Throws Error with the place of the instruction that failed.
    StageState run();

    /// What a stage is before its first instruction.
    static StageSoFar beginning_of(const BuildPlan& plan, const StagePlan& stage, const StageState& base);

private:
    void run_context();
    void run_triggers();
    void run_placed(const Instruction& instruction, const Location& location);
    void run_instruction(const Instruction& instruction, const Location& location);
    void dispatch(const Instruction& instruction, const StepLabel& label);
    void finish_config(std::string history, const StepLabel& label);
    void keep_image(const StepLabel& label);
    void apply_arg(const ArgInstruction& arguments);
    void run_volume(const VolumeInstruction& volume, std::string history, const StepLabel& label);
    void run_workdir(const WorkdirInstruction& workdir, std::string history, const StepLabel& label);
    void run_copy(const CopyInstruction& copy, const StepLabel& label);
    bool is_resumed(const StepLabel& label) const;
    void take_resumed(std::string history, const StepLabel& label);
    void run_command(const RunInstruction& run, const Instruction& instruction, const StepLabel& label);
    StepKey command_key(const RunRequest& request, const RunInstruction& run, const StepMounts& mounts) const;
    RunRequest make_request(const RunInstruction& run) const;
    [[noreturn]] void throw_failed(const RunResult& result, const RunRequest& request, const RunInstruction& run,
                                   const Instruction& instruction) const;

    /// Takes a layer from the cache, or makes it; adds it with its history.
    struct LayerStep {
        StepKey key;
        std::string history;
        std::function<void(layers::StagedLayer&)> make;
        std::vector<ReadTree> trees = {};  ///< that are inputs of the key
    };
    enum class Ask { this_store, everybody };
    void run_layer(LayerStep& step, const StepLabel& label);
    std::optional<layers::CacheRecord> find_record(const LayerStep& step, Ask ask);
    bool wait_for_turn(const LayerStep& step, const StepLabel& label);
    void add_layer(SealedLayerPointer layer, const LayerStep& step, const std::string& run, const StepLabel& label);
    bool uses_cache() const;
    StepReason reason_to_run(const LayerStep& step, const StepLabel& label);
    bool take_cached(const LayerStep& step, const StepLabel& label, Ask ask);

    StepEnvironment& environment_;
    const BuildPlan& plan_;
    const StagePlan& stage_;
    StageState state_;
    StageSoFar so_far_;
    std::size_t next_number_ = 2;  ///< FROM was step 1
    std::size_t total_ = 0;
    bool step_was_cached_ = false;        ///< the layer of the step at hand
    bool record_was_too_old_ = false;     ///< the same of its record
    std::shared_ptr<StepTurn> turn_;      ///< to run the step at hand
    runtime::ResourceUse container_use_;  ///< of the step's container, where it had one
};

}  // namespace builder
