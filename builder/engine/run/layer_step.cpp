// The steps of a stage that make layers: taken from a cache, or run and sealed.
#include <chrono>
#include <ctime>

#include "builder/engine/record/step_key.hpp"
#include "builder/engine/run/stage_run.hpp"
#include "builder/steps/config_step.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether a step that was made then may be reused. A time that cannot be parsed counts as too old.
bool is_fresh(const std::string& created, const std::optional<std::chrono::seconds>& longest, const timespec& now) {
    if (!longest) return true;
    const auto made = runtime::parse_rfc3339(created);
    return made && now.tv_sec - made->tv_sec < longest->count();
}

/// Names of inputs, not their values: those may be nobody's business.
void log_lookup(const StepKey& key, const StepLabel& label, const std::string& folder) {
    runtime::log_debug("stage {} step {}, {}: the cache {} under {}", label.stage_name, label.number, label.text,
                       folder.empty() ? "has nothing" : "has the layer " + folder, key.key.text());
    if (!runtime::logs(runtime::LogLevel::trace)) return;
    for (const layers::KeyInput& input : key.inputs) runtime::log_trace("  the key is made of {}", input.name);
}

}  // namespace

/// The record of a step: of this store, or of those who follow the build.
std::optional<layers::CacheRecord> StageRun::find_record(const LayerStep& step, Ask ask) {
    auto cached = environment_.store.step_records().find(step.key.key, step.key.below);
    if (cached && cached->layer) return cached;
    if (ask == Ask::everybody && environment_.follower != nullptr)
        return environment_.follower->find(step.key, state_.layers);
    return std::nullopt;
}

bool StageRun::take_cached(const LayerStep& step, const StepLabel& label, Ask ask) {
    auto cached = find_record(step, ask);
    if (cached && !is_fresh(cached->created, environment_.policy.cache_ttl, environment_.clock())) {
        runtime::log_debug("the step {} of {} is too old to be taken", step.key.key.text(), cached->created);
        record_was_too_old_ = true;
        return false;
    }
    log_lookup(step.key, label, cached ? cached->layer->folder : "");
    if (!cached) return false;
    layers::Layers::note_use(*cached->layer);
    add_layer(environment_.sealer.known(*std::move(cached->layer), cached->created, label.text), step, cached->run,
              label);
    step_was_cached_ = true;
    environment_.observer.step_finished(label, {StepOutcome::cached});
    return true;
}

/// Where another stage or another build is at this very step, its record is waited for. Whether it has become this
/// build's, too.
bool StageRun::wait_for_turn(const LayerStep& step, const StepLabel& label) {
    turn_ = std::make_shared<StepTurn>(environment_.store, step.key);
    if (!turn_->take_if_free()) {
        environment_.observer.notice(fmt::format("the step {} runs already; this one waits for it", label.text));
        turn_->wait(environment_.stop, [&](runtime::Bytes bytes) { environment_.observer.step_output(label, bytes); });
    }
    // The other one may have ended just before its turn was asked for.
    const bool is_cached = take_cached(step, label, Ask::this_store);
    // The stages that this one waits for next may want the turn.
    if (is_cached) turn_.reset();
    return is_cached;
}

void StageRun::add_layer(SealedLayerPointer layer, const LayerStep& step, const std::string& run,
                         const StepLabel& label) {
    environment_.observer.layer_added(label, layer);
    add_history(state_, step.history, false, layer->created);
    state_.layers.push_back(std::move(layer));
    state_.files_key = step.key.key;
    state_.files_run = run;
    if (environment_.follower != nullptr) environment_.follower->layer_added(stage_.index, step.key, state_.layers);
}

/// --no-cache, and --no-cache-filter for this stage.
bool StageRun::uses_cache() const {
    const std::set<std::string>& uncached = environment_.policy.uncached_stages;
    return environment_.policy.use_cache && !uncached.contains(stage_.name) &&
           !uncached.contains(std::to_string(stage_.index));
}

/// Nothing where the step was never run before.
StepReason StageRun::reason_to_run(const LayerStep& step, const StepLabel& label) {
    if (environment_.reasons != nullptr) environment_.reasons->keep(step.key, step.trees);
    if (!uses_cache()) return {"the cache is not used"};
    if (!step.key.is_recorded) return {"it reads standard input"};
    if (record_was_too_old_) return {"its record is older than --cache-ttl allows"};
    if (environment_.reasons == nullptr) return {};
    return environment_.reasons->why(label, step.key, so_far_, step.trees);
}

void StageRun::run_layer(LayerStep& step, const StepLabel& label) {
    step.key.below = state_.files_run;
    step.key.run = layers::random_name();
    turn_.reset();
    environment_.observer.step_keyed(label, step.key);
    const bool may_be_cached = uses_cache() && step.key.is_recorded;
    if (may_be_cached && (take_cached(step, label, Ask::everybody) || wait_for_turn(step, label))) return;
    const auto started = Clock::now();
    const StepReason reason = reason_to_run(step, label);
    layers::StagedLayer staged = environment_.store.staging().new_layer();
    step.make(staged);
    step.key.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started).count();
    add_layer(environment_.sealer.seal(std::move(staged), step.key, environment_.now(), label.text, turn_), step,
              step.key.run, label);
    so_far_.last_run_step = label.number;
    turn_.reset();
    const auto elapsed = Clock::now() - started;
    runtime::log_debug("stage {} step {} took {:.1f} ms; its files are in {}", label.stage_name, label.number,
                       std::chrono::duration<double, std::milli>(elapsed).count(), state_.layers.back()->folder);
    environment_.observer.step_finished(label, {StepOutcome::done, elapsed, reason});
}

}  // namespace builder
