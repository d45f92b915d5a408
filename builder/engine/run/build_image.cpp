#include "builder/engine/run/build_image.hpp"

#include <optional>

#include "builder/engine/record/build_record.hpp"
#include "builder/engine/record/limited_output.hpp"
#include "builder/engine/record/redacting_observer.hpp"
#include "builder/engine/run/build_checks.hpp"
#include "builder/engine/run/build_inputs.hpp"
#include "builder/engine/run/build_times.hpp"
#include "builder/engine/run/early_push.hpp"
#include "builder/engine/run/failed_build.hpp"
#include "builder/engine/run/named_images.hpp"
#include "builder/engine/run/remote_cache.hpp"
#include "builder/engine/run/step_images.hpp"
#include "builder/images/commit_image.hpp"
#include "builder/images/export_files.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/images/transfer.hpp"
#include "builder/syntax/directives.hpp"
#include "builder/syntax/parser.hpp"
#include "layers/oci/platform.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;

layers::Flavour parse_format(const std::string& format) {
    if (format == "oci") return layers::Flavour::oci;
    if (format == "docker") return layers::Flavour::docker;
    throw Error("unrecognized image type \"{}\"", format).with_hint("--format takes oci or docker");
}

/// Nothing where there is nothing to look for.
std::shared_ptr<const layers::SecretPatterns> make_secret_patterns(const StepPolicy& policy) {
    std::map<std::string, std::string> secrets = policy.secrets;
    for (const std::string& id : policy.unscanned_secrets) secrets.erase(id);
    if (secrets.empty()) return nullptr;
    auto patterns = std::make_shared<const layers::SecretPatterns>(secrets);
    return patterns->empty() ? nullptr : patterns;
}

/// The rules for the steps, as the request and the plan together give them.
StepPolicy make_policy(const BuildImageRequest& request, const std::string& platform, const BuildTimes& times) {
    StepPolicy policy = request.steps;
    policy.permissions.host_network |= policy.run.has_host_network;
    policy.run.secrets = make_secret_patterns(policy);
    policy.use_cache = !request.no_cache && request.use_layers;
    policy.uncached_stages.insert(request.no_cache_filter.begin(), request.no_cache_filter.end());
    policy.fill_cache = request.use_layers;
    policy.times = times.files;
    policy.platform = platform;
    return policy;
}

unsigned parse_jobs(const std::optional<std::int64_t>& jobs) {
    if (jobs.value_or(0) < 0) throw Error("--jobs takes 0 or more, not {}", *jobs);
    return static_cast<unsigned>(jobs.value_or(0));
}

std::optional<SourcePolicy> read_source_policy(const std::string& file) {
    if (file.empty()) return std::nullopt;
    return SourcePolicy::parse(runtime::read_file(file), file);
}

/// `state` is of the target, which may have arguments from triggers of its base.
void warn_of_unused_arguments(const BuildPlan& plan, const StepPolicy& policy, const StageState& state,
                              BuildObserver& observer) {
    std::vector<std::string> unused = find_unused_arguments(plan, policy.build_arguments);
    std::erase_if(unused, [&](const std::string& name) {
        return std::find(state.argument_names.begin(), state.argument_names.end(), name) != state.argument_names.end();
    });
    if (!unused.empty())
        observer.arguments_unused(
            fmt::format("[Warning] one or more build args were not consumed: [{}]\n", fmt::join(unused, " ")));
}

RemoteCache::Places cache_places(const BuildImageRequest& request) {
    RemoteCache::Places places;
    for (const std::string& text : request.cache_from) places.from.push_back(parse_cache_place(text));
    for (const std::string& text : request.cache_to) places.to.push_back(parse_cache_place(text));
    places.is_inline = request.caches_inline;
    return places;
}

/// By place. A squashed image has none of the layers that the steps make.
using EarlyPushes = std::map<std::string, std::unique_ptr<EarlyPush>>;
EarlyPushes make_early_pushes(layers::Store& store, const Destinations& destinations, const BuildPlan& plan,
                              const BuildImageRequest& request, registry::Registries& registries) {
    EarlyPushes pushes;
    if (request.squash || request.packing.encryption.is_wanted()) return pushes;
    for (const std::string& place : destinations.places) {
        const auto location = registry::parse_image_location(place);
        if (location && location->transport == registry::Transport::registry)
            pushes.emplace(place, std::make_unique<EarlyPush>(store, open_destination(store, place, registries), plan,
                                                              request.packing, registries));
    }
    return pushes;
}

/// One build for one platform. What run() calls is called in that order, each once; what one leaves in the members the
/// next ones use.
class ImageBuild {
public:
    /// Throws Error where the request contradicts itself, before anything is read. All references outlive it.
    ImageBuild(layers::Store& store, const runtime::Runner& runner, BuildImageRequest request, BuildObserver& observer,
               runtime::StopSource& stop);

    BuiltImage run() {
        read_inputs();
        make_plan();
        reach_registries();
        run_stages();
        shape_files();
        commit();
        deliver();
        return std::move(built_);
    }

private:
    void read_inputs();
    void make_plan();
    void reach_registries();
    void run_stages();
    void shape_files();
    void hold_budget();
    void commit();
    void deliver();

    layers::ImageRecord find_image(const std::string& text, const std::string& platform, bool obeys_policy);
    ExecutorSettings make_settings();
    CommitOptions commit_options() const;
    void add_inline_cache(CommitOptions& options) const;
    void scan();
    void write_to(const std::string& place);

    layers::Store& store_;
    const runtime::Runner& runner_;
    BuildImageRequest request_;
    BuildObserver& observer_;
    runtime::StopSource& stop_;
    const PullPolicy pull_policy_;
    const layers::Flavour format_;
    const std::vector<ExportSpec> exports_;
    const Destinations destinations_;
    const std::string platform_;
    const unsigned jobs_;
    const RemoteCache::Places caches_;
    const std::optional<SourcePolicy> rules_;
    SourceFetcher fetcher_;

    // Of read_inputs() and make_plan().
    std::optional<BuildInputs> inputs_;
    std::vector<Warning> warnings_;
    std::optional<BuildPlan> plan_;
    BuildTimes times_;
    StepPolicy policy_;
    BuildSubject subject_;

    // Of reach_registries().
    std::optional<registry::Registries> registries_;
    std::optional<StoredImages> stored_images_;
    std::optional<WatchedImages> images_;
    std::optional<BuildChecks> checks_;
    std::optional<RemoteCache> remote_cache_;
    EarlyPushes early_pushes_;
    StepFollowers followers_;

    // Of the stages.
    Executor::Result result_;
    BuiltImage built_;
    bool is_new_ = false;  ///< the image
};

ImageBuild::ImageBuild(layers::Store& store, const runtime::Runner& runner, BuildImageRequest request,
                       BuildObserver& observer, runtime::StopSource& stop)
    : store_(store),
      runner_(runner),
      request_(std::move(request)),
      observer_(observer),
      stop_(stop),
      pull_policy_(parse_pull_policy(request_.pull_policy)),
      format_(parse_format(request_.format)),
      exports_(parse_exports(request_.outputs)),
      destinations_(parse_destinations(request_.destinations)),
      platform_(target_platform(request_)),
      jobs_(parse_jobs(request_.jobs)),
      caches_(cache_places(request_)),
      rules_(read_source_policy(request_.source_policy_file)),
      fetcher_([&store]() -> layers::Store& { return store; }, request_.steps.secrets, request_.steps.ssh_agents,
               stop) {
    if (!request_.sign_by.empty()) check_destinations_for_signing(destinations_);
    request_.access.notice = [this](std::string_view text) { observer_.notice(text); };
    fetcher_.set_access(registry::download_access(request_.access));
    if (rules_) fetcher_.set_policy(&*rules_);
}

void ImageBuild::read_inputs() {
    inputs_ = open_inputs(fetcher_, request_, [this](std::string_view text) { observer_.notice(text); });
    resolve_epoch(request_.steps.build_arguments, inputs_->files);
}

/// A language other than Docker's own needs its frontend, which nobody runs here.
void warn_of_frontend(const SourceText& source, BuildObserver& observer) {
    const auto syntax = find_directive("syntax", source.text());
    if (!syntax) return;
    for (const std::string_view known : {"docker/dockerfile", "docker.io/docker/dockerfile", "dockerfile"})
        if (syntax->value.starts_with(known)) return;
    observer.notice(fmt::format("# syntax={}: builder runs no frontends; the file is read as a Dockerfile",
                                runtime::quoted(syntax->value)));
}

void ImageBuild::make_plan() {
    warn_of_frontend(*inputs_->containerfile, observer_);
    SyntaxTree tree = parse_containerfile(inputs_->containerfile, &warnings_);
    plan_ = builder::make_plan(std::move(tree), make_plan_request(request_, platform_));
    resolve_epoch(plan_->global_arguments, inputs_->files);
    times_ = make_times(request_, *plan_);
    policy_ = make_policy(request_, platform_, times_);
    subject_ = subject_of(request_, *inputs_, platform_);
    observer_.build_described(subject_);
}

/// Opens all that a build has to do with registries for, and refuses what the checks find before a step is run.
void ImageBuild::reach_registries() {
    add_named_images(request_.access, store_, *plan_, request_);
    registries_.emplace(request_.access, stop_);
    stored_images_.emplace(
        store_, [this](const std::string& text, const std::string& wanted) { return find_image(text, wanted, true); });
    images_.emplace(*stored_images_);
    checks_.emplace(plan_->tree, make_check_input(request_, platform_, inputs_->context, std::move(warnings_)),
                    *images_, observer_);
    checks_->refuse_violations(*plan_, platform_);
    remote_cache_.emplace(store_, caches_, *registries_, observer_);
    early_pushes_ = make_early_pushes(store_, destinations_, *plan_, request_, *registries_);
    if (!caches_.empty()) followers_.add(*remote_cache_);
    for (const auto& [place, push] : early_pushes_) followers_.add(*push);
}

layers::ImageRecord ImageBuild::find_image(const std::string& text, const std::string& platform, bool obeys_policy) {
    if (rules_ && obeys_policy)
        return obtain_allowed_image(store_, text, platform, pull_policy_, *registries_, *rules_,
                                    request_.decryption_keys);
    return obtain_image(store_, text, platform, pull_policy_, *registries_, request_.decryption_keys);
}

ExecutorSettings ImageBuild::make_settings() {
    ExecutorSettings settings{.steps = policy_,
                              .inheritance = request_.inheritance,
                              .asks_for_platform = !request_.platform.empty(),
                              .keeps_all_stages = request_.save_stages,
                              .resumed = request_.resumed,
                              .jobs = jobs_};
    settings.subject = subject_digits(subject_);
    if (!followers_.empty()) settings.follower = &followers_;
    if (request_.keeps_step_images) settings.keep_image = image_keeper(store_, request_, commit_options());
    return settings;
}

void ImageBuild::run_stages() {
    StepRunner commands(store_, runner_, policy_.run, stop_);
    ExecutorSettings settings = make_settings();
    if (request_.on_failure)
        settings.on_failure = [&](FailedStep& step, RunRequest request) {
            FailedBuild failed{step, std::move(request), commands, image_keeper(store_, request_, commit_options()),
                               store_};
            request_.on_failure(failed);
        };
    Executor executor(store_, commands, *images_, observer_, fetcher_, stop_, std::move(settings));
    try {
        result_ = executor.run(*plan_, inputs_->context);
    } catch (const Error&) {
        checks_->report();
        throw;
    }
    stop_.throw_if_stopped();
    if (request_.resumed && request_.resumed->platform == platform_ && !result_.has_resumed)
        throw Error("this build has no step as the one that {} was kept of: {}",
                    runtime::quoted(request_.resumed->container), request_.resumed->text)
            .with_hint("the file, or the target, has changed since: build it again with --on-error=keep");
    checks_->report();
    warn_of_unused_arguments(*plan_, policy_, result_.target, observer_);
}

/// What happens to the target's files before an image is made of them: --squash, --layers=false, --budget, --output,
/// --sbom. What is too large is written nowhere.
void ImageBuild::shape_files() {
    StageState& state = result_.target;
    if (request_.squash) {
        state = squash(store_, std::move(state), times_.files);
        // Where each step has an image of its own, this one has a history of one step.
        auto& history = state.config.history;
        if (request_.keeps_step_images && history.size() > 1) history.erase(history.begin(), history.end() - 1);
    } else if (!request_.use_layers)
        state = join_layers(store_, std::move(state), times_.files);
    hold_budget();
    for (const SealedLayerPointer& layer : state.layers)
        if (!exports_.empty()) static_cast<void>(layer->record.get());
    for (const ExportSpec& spec : exports_) export_files(store_, state, spec);
    if (request_.sbom.is_wanted()) scan();
}

void ImageBuild::scan() {
    StepRunner scanner(store_, runner_, request_.steps.run, stop_);
    const ImageFinder find_scanner = [this](const std::string& text, const std::string& wanted) {
        return find_image(text, wanted, false);
    };
    const std::string host = layers::format_platform(layers::host_platform());
    scan_image(request_.sbom,
               {store_, scanner, find_scanner, observer_, policy_.network, host, inputs_->files.folder, times_.files},
               result_.target);
}

void ImageBuild::hold_budget() {
    if (!request_.budget) return;
    std::optional<layers::ImageRecord> before;
    if (!destinations_.names.empty()) before = store_.images().find_by_name(destinations_.names.front());
    if (request_.budget->is_growth && !before)
        return observer_.notice("--budget: there is no image of this name yet that this one could be larger than");
    require_within(*request_.budget, result_.target, before);
}

CommitOptions ImageBuild::commit_options() const {
    return {format_,      destinations_.names, request_.own_labels, request_.annotations, request_.notes_creation,
            times_.image, policy_.use_cache,   policy_.run.secrets};
}

/// The image's configuration tells of the steps of its layers.
void ImageBuild::add_inline_cache(CommitOptions& options) const {
    options.adjust = [this, before = options.adjust, layers = result_.target.layers](layers::oci::ImageConfig& config) {
        if (before) before(config);
        config.extra[RemoteCache::inline_field] = remote_cache_->inline_text(layers);
    };
}

void ImageBuild::commit() {
    CommitOptions options = commit_options();
    if (!caches_.empty())
        options.creation_time = [this](const layers::Digest& key, const std::string& otherwise) {
            return remote_cache_->creation_time(key, otherwise);
        };
    options.adjust = request_.adjust_image;
    if (request_.caches_inline) add_inline_cache(options);
    const StageImages saved = save_stages(store_, *plan_, result_, request_, options);
    if (request_.stage_labels) options.labels.merge(stage_labels(plan_->stages[plan_->target], saved));
    StageState& state = result_.target;
    if (state.config.history.size() > state.image_history) state.config.history.back().author = state.config.author;
    CommittedImage committed = commit_image(store_, std::move(state), options);
    is_new_ = committed.is_new;
    built_.image = std::move(committed.record);
    built_.was_known = committed.was_known;
    for (const std::string& name : destinations_.names) built_.names.push_back(familiar_name(name));
}

void ImageBuild::write_to(const std::string& place) {
    const auto early = early_pushes_.find(place);
    layers::oci::Descriptor manifest = early != early_pushes_.end()
                                           ? early->second->commit(*built_.image)
                                           : export_to(store_, *built_.image, place, request_.packing, *registries_);
    if (!request_.sign_by.empty()) registry::sign_image(place, manifest.digest(), request_.sign_by, stop_);
    built_.names.push_back(place);
    built_.written.push_back({place, std::move(manifest)});
}

void ImageBuild::deliver() {
    for (const std::string& place : destinations_.places) write_to(place);
    // What was made for another place alone stays there; its layers are in the cache.
    if (destinations_.names.empty() && !destinations_.places.empty() && is_new_ && !request_.keeps_in_store)
        remove_if_unused(store_, built_.image->id);
    remote_cache_->report();
    remote_cache_->write(request_.packing);
}

}  // namespace

BuiltImage build_image(layers::Store& store, const runtime::Runner& runner, const BuildImageRequest& request,
                       BuildObserver& observer, runtime::StopSource& stop) {
    std::optional<LimitedOutput> limited;
    if (request.log_limit_bytes) limited.emplace(observer, *request.log_limit_bytes);
    BuildObserver& shown = limited ? static_cast<BuildObserver&>(*limited) : observer;
    warn_of_short_secrets(request.steps.secrets, request.steps.unscanned_secrets, shown);
    const auto secrets = make_secret_patterns(request.steps);
    if (!secrets) return ImageBuild(store, runner, with_predefined_arguments(request), shown, stop).run();
    RedactingObserver quiet(shown, *secrets);
    try {
        return ImageBuild(store, runner, with_predefined_arguments(request), quiet, stop).run();
    } catch (Error& error) {
        error.rewrite([&](const std::string& text) { return redacted(*secrets, text); });
        throw;
    }
}

}  // namespace builder
