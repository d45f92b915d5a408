#include "builder/engine/run/executor.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <future>
#include <semaphore>
#include <set>
#include <system_error>
#include <thread>

#include "builder/engine/record/rerun_reasons.hpp"
#include "builder/engine/run/stage_base.hpp"
#include "builder/engine/run/stage_run.hpp"
#include "builder/images/local_images.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/failed_step.hpp"
#include "builder/steps/run_mounts.hpp"
#include "builder/syntax/source_text.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;

/// Thrown where a stage cannot go on because one that it needs has failed; that one's error is the one to report.
struct NeededStageFailed {};

/// Names the files of a stage, as an ID names an image.
std::string digits_of(const StageState& state) {
    return std::string(layers::Digest::of(state.files_key.text() + " " + state.files_run).hex());
}

unsigned sealing_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
}

std::size_t count_steps(const BuildPlan& plan) {
    std::size_t steps = 0;
    for (const StagePlan& stage : plan.stages)
        if (stage.is_needed) steps += 1 + stage.instructions.size();
    return steps;
}

}  // namespace

std::string StepEnvironment::now() const {
    const auto& seconds = policy.times.clamp_seconds;
    return runtime::rfc3339(seconds ? timespec{*seconds, 0} : clock());
}

/// One run of a plan: its threads, and what its stages gave.
class Executor::Run {
public:
    Run(Executor& executor, const BuildPlan& plan, const BuildContext& context)
        : executor_(executor),
          plan_(plan),
          slots_(executor.settings_.jobs == 0 ? most_slots : static_cast<std::ptrdiff_t>(executor.settings_.jobs)),
          reasons_(executor.store_, executor.settings_.subject),
          context_(context),
          environment_(environment_with(executor.stop_)) {
        if (executor.settings_.on_failure)
            environment_.keep_failed = [this](FailedStep step) { keep_failed(std::move(step)); };
    }

    Result run();

private:
    static constexpr std::ptrdiff_t most_slots = 1024;

    StepEnvironment environment_with(runtime::StopSource& stop);
    void keep_failed(FailedStep step);
    void show_failed();
    void try_to_show_failed();
    void run_stage(const StagePlan& stage, std::promise<StageState>& promise);
    std::vector<const StagePlan*> stages_in_order() const;
    std::vector<PlannedStage> planned_stages() const;
    void run_in_threads(std::vector<std::promise<StageState>>& promises);
    StageState build_stage(const StagePlan& stage);
    StageState base_of(const StagePlan& stage);
    std::shared_future<StageState> future_of(std::size_t stage);
    StageState result_of(std::size_t stage);
    bool is_done(std::size_t stage);
    StageState await(std::size_t stage);
    std::shared_ptr<const CopySource> find_source(const std::string& name, std::size_t stage);
    std::shared_ptr<const CopySource> open_source(const StageState& state, const std::string& what);
    std::shared_ptr<const CopySource> find_context(const std::string& name, const ContextLocation& location);
    std::shared_ptr<const CopySource> find_image(const std::string& name, std::size_t stage);
    void note_failure(std::exception_ptr failure);

    Executor& executor_;
    const BuildPlan& plan_;
    std::counting_semaphore<most_slots> slots_;
    RerunReasons reasons_;
    const BuildContext& context_;
    StepEnvironment environment_;
    std::optional<FailedStep> failed_;  ///< the first one
    std::mutex mutex_;
    std::map<std::size_t, std::shared_future<StageState>> results_;  ///< of stages that are built or at work
    std::exception_ptr first_failure_;
    std::mutex sources_mutex_;
    using SharedSource = std::shared_future<std::shared_ptr<const CopySource>>;
    std::map<std::string, SharedSource> sources_;
};

StepEnvironment Executor::Run::environment_with(runtime::StopSource& stop) {
    return {.policy = executor_.settings_.steps,
            .store = executor_.store_,
            .sealer = executor_.sealer_,
            .runner = executor_.runner_,
            .observer = executor_.observer_,
            .stop = stop,
            .context = context_,
            .fetcher = executor_.fetcher_,
            .find_source = [this](const std::string& name, std::size_t stage) { return find_source(name, stage); },
            .escape = plan_.tree.escape,
            .follower = executor_.settings_.follower,
            .keep_image = executor_.settings_.keep_image,
            .reasons = &reasons_,
            .resumed = executor_.settings_.resumed ? &*executor_.settings_.resumed : nullptr,
            .clock = executor_.settings_.clock};
}

void Executor::Run::keep_failed(FailedStep step) {
    const std::lock_guard lock(mutex_);
    if (!failed_ && !first_failure_) failed_.emplace(std::move(step));
}

/// This build was asked to stop: what the failed step needs once more is waited for by a source of its own.
void Executor::Run::show_failed() {
    runtime::StopSource stop;
    StepEnvironment environment = environment_with(stop);
    StepMounts mounts(environment, failed_->state, failed_->mounts, failed_->label.stage);
    RunRequest request = std::move(failed_->request);
    add_mounts(request, mounts, executor_.settings_.steps, failed_->state);
    executor_.settings_.on_failure(*failed_, std::move(request));
}

/// What went wrong in the step is what the build failed on, whatever comes of looking at it.
void Executor::Run::try_to_show_failed() {
    try {
        show_failed();
    } catch (const Error& error) {
        executor_.observer_.notice("the failed step cannot be shown: " + error.full_message());
    }
}

void Executor::Run::note_failure(std::exception_ptr failure) {
    {
        const std::lock_guard lock(mutex_);
        if (!first_failure_) first_failure_ = std::move(failure);
    }
    executor_.stop_.request_stop();
}

/// A stage that is not at work is built now, by whoever asks first: nothing said beforehand that it is needed, because
/// a trigger or a variable of a base image names it.
std::shared_future<StageState> Executor::Run::future_of(std::size_t stage) {
    std::promise<StageState> promise;
    std::shared_future<StageState> result;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = results_.find(stage); found != results_.end()) return found->second;
        result = promise.get_future().share();
        results_.emplace(stage, result);
    }
    run_stage(plan_.stages[stage], promise);
    return result;
}

StageState Executor::Run::result_of(std::size_t stage) {
    const std::shared_future<StageState> result = future_of(stage);
    try {
        return result.get();
    } catch (...) {
        throw NeededStageFailed{};
    }
}

bool Executor::Run::is_done(std::size_t stage) {
    const std::lock_guard lock(mutex_);
    const auto found = results_.find(stage);
    return found != results_.end() && found->second.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

/// For a stage at work: while it waits, another may have its place.
StageState Executor::Run::await(std::size_t stage) {
    if (!is_done(stage)) {
        slots_.release();
        future_of(stage).wait();
        slots_.acquire();
    }
    return result_of(stage);
}

StageState Executor::Run::base_of(const StagePlan& stage) {
    for (const std::size_t needed : stage.starts_after) result_of(needed);
    const StepLabel label{
        stage.index, stage.label(), 1, 1 + stage.instructions.size(), shown_from(stage), stage.from->location.line};
    if (stage.base != StagePlan::Base::context) executor_.observer_.step_started(label);
    StageState state;
    if (stage.base == StagePlan::Base::stage) {
        state = result_of(stage.base_stage);
        state.has_cmd = false;
    } else if (stage.base == StagePlan::Base::image) {
        try {
            const std::string& platform = stage.platform.empty() ? executor_.settings_.steps.platform : stage.platform;
            state = executor_.images_.open(stage.base_image, platform);
            if (!stage.platform.empty() || executor_.settings_.asks_for_platform)
                require_platform(state.config, platform, "the base image " + runtime::quoted(stage.base_image));
        } catch (const Error& error) {
            executor_.observer_.step_failed(label);
            Error better = with_nearest_stage(error, plan_.stages, stage.base_image, stage.index);
            better.add_context("creating build container");
            better.at(plan_.tree.source->place(stage.from->location));
            throw better;
        }
    } else {
        state = executor_.images_.open("scratch",
                                       stage.platform.empty() ? executor_.settings_.steps.platform : stage.platform);
    }
    inherit(executor_.settings_.inheritance, state);
    const StageSoFar begin = StageRun::beginning_of(plan_, stage, state);
    executor_.observer_.base_opened(label, begin.base_name, begin.base_id);
    if (stage.base != StagePlan::Base::context) executor_.observer_.step_finished(label, {StepOutcome::configured});
    return state;
}

StageState Executor::Run::build_stage(const StagePlan& stage) {
    StageState base = base_of(stage);
    slots_.acquire();
    struct Slot {
        std::counting_semaphore<most_slots>& slots;
        ~Slot() { slots.release(); }
    } const slot{slots_};
    StageState state = StageRun(environment_, plan_, stage, std::move(base)).run();
    executor_.observer_.stage_finished(stage.index, digits_of(state));
    return state;
}

std::vector<PlannedStage> Executor::Run::planned_stages() const {
    std::set<std::size_t> bases;
    std::vector<PlannedStage> planned;
    for (const StagePlan& stage : plan_.stages)
        if (stage.is_needed && stage.base == StagePlan::Base::stage) bases.insert(stage.base_stage);
    for (const StagePlan& stage : plan_.stages) {
        if (!stage.is_needed)
            runtime::log_debug("Skipping stage with Name \"{}\" and index {}: nothing needs it", stage.name,
                               stage.index);
        else if (stage.index != plan_.target)
            planned.push_back({stage.index, bases.contains(stage.index)});
    }
    planned.push_back({plan_.target, false});
    return planned;
}

void Executor::Run::run_stage(const StagePlan& stage, std::promise<StageState>& promise) {
    try {
        promise.set_value(build_stage(stage));
    } catch (const NeededStageFailed&) {
        promise.set_exception(std::current_exception());
    } catch (const Error& error) {
        note_failure(std::make_exception_ptr(error));
        promise.set_exception(std::current_exception());
    } catch (...) {
        note_failure(std::current_exception());
        promise.set_exception(std::current_exception());
    }
}

/// The needed stages, each behind those that it needs.
std::vector<const StagePlan*> Executor::Run::stages_in_order() const {
    std::vector<const StagePlan*> order;
    std::set<std::size_t> seen;
    const std::function<void(std::size_t)> visit = [&](std::size_t index) {
        if (!seen.insert(index).second) return;
        for (const std::size_t needed : plan_.stages[index].needs) visit(needed);
        order.push_back(&plan_.stages[index]);
    };
    for (const StagePlan& stage : plan_.stages)
        if (stage.is_needed) visit(stage.index);
    return order;
}

/// Where the machine gives no more threads, this one takes the rest of the stages, one by one: what each of them waits
/// for is done, or at work.
void Executor::Run::run_in_threads(std::vector<std::promise<StageState>>& promises) {
    std::vector<std::jthread> threads;
    bool has_more = true;
    for (const StagePlan* const stage : stages_in_order()) {
        const auto work = [this, stage, &promises] { run_stage(*stage, promises[stage->index]); };
        try {
            if (has_more) threads.emplace_back(work);
        } catch (const std::system_error&) {
            has_more = false;
        }
        if (!has_more) work();
    }
}

Executor::Result Executor::Run::run() {
    std::vector<std::promise<StageState>> promises(plan_.stages.size());
    for (const StagePlan& stage : plan_.stages)
        if (stage.is_needed) results_.emplace(stage.index, promises[stage.index].get_future().share());
    executor_.observer_.build_started(results_.size(), count_steps(plan_));
    executor_.observer_.stages_planned(planned_stages());
    // A single stage needs no thread.
    if (results_.size() == 1)
        run_stage(plan_.stages[plan_.target], promises[plan_.target]);
    else
        run_in_threads(promises);
    if (first_failure_ && failed_) try_to_show_failed();
    if (first_failure_) std::rethrow_exception(first_failure_);
    Result result{results_.at(plan_.target).get(), {}, environment_.has_resumed};
    for (const auto& [index, state] : results_)
        if (executor_.settings_.keeps_all_stages && index != plan_.target)
            result.others.emplace_back(index, state.get());
    return result;
}

std::shared_ptr<const CopySource> Executor::Run::open_source(const StageState& state, const std::string& what) {
    return std::make_shared<CopySource>(state.lower_folders(), true, what);
}

std::shared_ptr<const CopySource> Executor::Run::find_source(const std::string& name, std::size_t stage) {
    if (const auto index = find_source_stage(plan_, name, stage))
        return open_source(await(*index), "stage " + runtime::quoted(name));
    const auto context = plan_.contexts.find(context_name(name));
    const std::string key = context == plan_.contexts.end() ? name : "context " + context->first;
    // Two stages that want the same source open it once; others do not wait for it.
    std::packaged_task<std::shared_ptr<const CopySource>()> open([&] {
        return context == plan_.contexts.end() ? find_image(name, stage) : find_context(name, context->second);
    });
    SharedSource source;
    bool is_new = false;
    {
        const std::lock_guard lock(sources_mutex_);
        const auto known = sources_.find(key);
        is_new = known == sources_.end();
        source = is_new ? open.get_future().share() : known->second;
        if (is_new) sources_.emplace(key, source);
    }
    if (is_new) open();
    try {
        return source.get();
    } catch (const Error& error) {
        // Each stage adds to an error of its own where it happened.
        throw Error(error);
    }
}

std::shared_ptr<const CopySource> Executor::Run::find_image(const std::string& name, std::size_t stage) {
    try {
        return open_source(executor_.images_.open(name, executor_.settings_.steps.platform),
                           "the image " + runtime::quoted(name));
    } catch (const Error& error) {
        throw with_nearest_stage(error, plan_.stages, name, stage);
    }
}

std::shared_ptr<const CopySource> Executor::Run::find_context(const std::string& name,
                                                              const ContextLocation& location) {
    if (location.kind != ContextLocation::Kind::image) return open_named_context(executor_.fetcher_, name, location);
    return open_source(executor_.images_.open(location.text, executor_.settings_.steps.platform),
                       "the context " + runtime::quoted(name));
}

Executor::Executor(layers::Store& store, CommandRunner& runner, BaseImages& images, BuildObserver& observer,
                   SourceFetcher& fetcher, runtime::StopSource& stop, ExecutorSettings settings)
    : store_(store),
      images_(images),
      observer_(observer),
      fetcher_(fetcher),
      stop_(stop),
      settings_(std::move(settings)),
      sealer_(store, sealing_threads(),
              {settings_.steps.times, settings_.steps.fill_cache, settings_.steps.run.secrets}),
      runner_(runner) {}

Executor::~Executor() = default;

Executor::Result Executor::run(const BuildPlan& plan, const BuildContext& context) {
    return Run(*this, plan, context).run();
}

}  // namespace builder
