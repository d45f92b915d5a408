#include "builder/engine/run/build_image.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "builder/engine/record/limited_output.hpp"
#include "builder/engine/record/redacting_observer.hpp"
#include "builder/engine/run/build_checks.hpp"
#include "builder/engine/run/early_push.hpp"
#include "builder/engine/run/named_images.hpp"
#include "builder/engine/run/remote_cache.hpp"
#include "builder/images/commit_image.hpp"
#include "builder/images/export_files.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/images/transfer.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/syntax/parser.hpp"
#include "layers/oci/platform.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

layers::Flavour parse_format(const std::string& format) {
    if (format == "oci") return layers::Flavour::oci;
    if (format == "docker") return layers::Flavour::docker;
    throw Error("unrecognized image type \"{}\"", format).with_hint("--format takes oci or docker");
}

constexpr const char* epoch_name = "SOURCE_DATE_EPOCH";

std::optional<std::int64_t> parse_epoch(const std::string& text) {
    if (text.empty()) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
        throw Error("error parsing source-date-epoch offset \"{0}\": strconv.ParseInt: parsing \"{0}\": invalid syntax",
                    text)
            .with_hint("SOURCE_DATE_EPOCH is a number of seconds since 1970");
    return value;
}

/// SOURCE_DATE_EPOCH=context is the time of the context, where that has one; else as if it were not there.
void resolve_epoch(std::map<std::string, std::string>& arguments, const ContextFiles& context) {
    const auto found = arguments.find(epoch_name);
    if (found == arguments.end() || found->second != "context") return;
    if (const auto time = context.time())
        found->second = std::to_string(*time);
    else
        arguments.erase(found);
}

void resolve_epoch(Variables& arguments, const ContextFiles& context) {
    if (arguments.get(epoch_name) != "context") return;
    const auto time = context.time();
    arguments.set(epoch_name, time ? std::to_string(*time) : "");
}

struct Times {
    layers::TimeRule files;  ///< of new layers
    layers::TimeRule image;  ///< of configuration and history
};

/// The flag, the build argument (which the environment gives, too), the default of an ARG before the first FROM.
std::optional<std::int64_t> find_epoch(const BuildImageRequest& request, const BuildPlan& plan) {
    if (request.source_date_epoch) return request.source_date_epoch;
    const auto given = request.build_arguments.find(epoch_name);
    if (given != request.build_arguments.end()) return parse_epoch(given->second);
    return parse_epoch(plan.global_arguments.get(epoch_name).value_or(""));
}

Times make_times(const BuildImageRequest& request, const BuildPlan& plan) {
    if (request.timestamp) return {{request.timestamp, true}, {request.timestamp, true}};
    const auto epoch = find_epoch(request, plan);
    if (!epoch) return {};
    return {request.rewrite_timestamp ? layers::TimeRule{epoch, false} : layers::TimeRule{}, {epoch, false}};
}

/// Nothing where there is nothing to look for.
std::shared_ptr<const layers::SecretPatterns> make_secret_patterns(const BuildImageRequest& request) {
    std::map<std::string, std::string> secrets = request.secrets;
    for (const std::string& id : request.unscanned_secrets) secrets.erase(id);
    if (secrets.empty()) return nullptr;
    auto patterns = std::make_shared<const layers::SecretPatterns>(secrets);
    return patterns->empty() ? nullptr : patterns;
}

ExecutorSettings make_settings(const BuildImageRequest& request, const std::string& platform, const Times& times) {
    ExecutorSettings settings;
    settings.run = request.run;
    settings.network = request.network;
    settings.allows_host_network = request.run.has_host_network;
    settings.build_arguments = request.build_arguments;
    for (const std::string& name : request.allowed) {
        if (name == "security.insecure")
            settings.allows_insecure = true;
        else if (name == "device")
            settings.device_leave.all = true;
        else if (name.starts_with("device="))
            settings.device_leave.names.push_back(name.substr(7));
        else if (name == "network.host")
            settings.allows_host_network = true;
        else
            throw Error("--allow takes security.insecure, network.host or device, not {}", quoted(name));
    }
    settings.secrets = request.secrets;
    settings.secret_patterns = settings.run.secrets = make_secret_patterns(request);
    settings.ssh_agents = request.ssh_agents;
    settings.inheritance = request.inheritance;
    settings.cache_ttl = request.cache_ttl;
    settings.step_mounts = request.step_mounts;
    settings.step_volumes = request.step_volumes;
    settings.discards_volume_changes = request.compat_volumes;
    settings.keeps_all_stages = request.save_stages;
    settings.times = times.files;
    settings.use_cache = !request.no_cache && request.use_layers;
    settings.fill_cache = request.use_layers;
    settings.platform = platform;
    settings.asks_for_platform = !request.platform.empty();
    if (request.jobs) {
        if (*request.jobs < 0) throw Error("--jobs takes 0 or more, not {}", *request.jobs);
        settings.jobs = static_cast<unsigned>(*request.jobs);
    }
    return settings;
}

/// `state` is of the target, which may have arguments from triggers of its base.
void warn_of_unused_arguments(const BuildPlan& plan, const BuildImageRequest& request, const StageState& state,
                              BuildObserver& observer) {
    std::vector<std::string> unused = find_unused_arguments(plan, request.build_arguments);
    std::erase_if(unused, [&](const std::string& name) {
        return std::find(state.argument_names.begin(), state.argument_names.end(), name) != state.argument_names.end();
    });
    if (!unused.empty())
        observer.arguments_unused(
            fmt::format("[Warning] one or more build args were not consumed: [{}]\n", fmt::join(unused, " ")));
}

std::map<std::string, std::string> labels_of_steps(const BuildImageRequest& request) {
    std::map<std::string, std::string> labels = request.layer_labels;
    labels.insert(request.own_labels.begin(), request.own_labels.end());
    return labels;
}

/// Makes images without names of what stages are after a step.
ImageKeeper image_keeper(layers::Store& store, const BuildImageRequest& request, layers::Flavour format,
                         const layers::TimeRule& times, const ExecutorSettings& settings) {
    CommitOptions options{format,
                          {},
                          labels_of_steps(request),
                          {},
                          request.notes_creation,
                          times,
                          settings.use_cache,
                          settings.secret_patterns};
    return [&store, options](const StageState& state) {
        const CommittedImage image = commit_image(store, state, options);
        return KeptImage{std::string(image.record.id.hex()), image.record.created, image.was_known};
    };
}

/// The IDs of the images of stages, by the index of the stage.
using StageImages = std::map<std::size_t, std::string>;

std::map<std::string, std::string> stage_labels(const StagePlan& stage, const StageImages& images) {
    std::string base = stage.base_image;
    if (stage.base == StagePlan::Base::stage)
        if (const auto image = images.find(stage.base_stage); image != images.end()) base = image->second;
    return {{"io.buildah.stage.name", stage.label()}, {"io.buildah.stage.base", base}};
}

/// Makes images without names of the other stages; one that only names an image is that image already.
StageImages save_stages(layers::Store& store, const BuildPlan& plan, Executor::Result& result,
                        const BuildImageRequest& request, CommitOptions options) {
    StageImages images;
    options.names.clear();
    for (auto& [index, state] : result.others) {
        const StagePlan& stage = plan.stages[index];
        if (stage.instructions.empty()) continue;
        options.labels = labels_of_steps(request);
        if (request.stage_labels) options.labels.merge(stage_labels(stage, images));
        images.emplace(index, commit_image(store, std::move(state), options).record.id.hex());
    }
    return images;
}

RemoteCache::Places cache_places(const BuildImageRequest& request) {
    RemoteCache::Places places;
    for (const std::string& text : request.cache_from) places.from.push_back(parse_cache_place(text));
    for (const std::string& text : request.cache_to) places.to.push_back(parse_cache_place(text));
    return places;
}

/// By place. A squashed image has none of the layers that the steps make.
std::map<std::string, std::unique_ptr<EarlyPush>> make_early_pushes(layers::Store& store,
                                                                    const Destinations& destinations,
                                                                    const BuildPlan& plan,
                                                                    const BuildImageRequest& request,
                                                                    registry::Registries& registries) {
    std::map<std::string, std::unique_ptr<EarlyPush>> pushes;
    if (request.squash || request.packing.encryption.is_wanted()) return pushes;
    for (const std::string& place : destinations.places) {
        const auto location = registry::parse_image_location(place);
        if (location && location->transport == registry::Transport::registry)
            pushes.emplace(place, std::make_unique<EarlyPush>(store, open_destination(store, place, registries), plan,
                                                              request.packing, registries));
    }
    return pushes;
}

}  // namespace

BuildImageRequest with_predefined_arguments(BuildImageRequest request) {
    auto& arguments = request.build_arguments;
    if (request.source_date_epoch)
        arguments.try_emplace(epoch_name, std::to_string(*request.source_date_epoch));
    else if (const char* const epoch = std::getenv(epoch_name); epoch != nullptr)
        arguments.try_emplace(epoch_name, epoch);
    for (const char* name : {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy", "HTTP_PROXY",
                             "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})
        if (const char* value = std::getenv(name); value != nullptr && request.passes_proxies)
            arguments.try_emplace(name, value);
    const auto hostname = arguments.find("BUILDKIT_SANDBOX_HOSTNAME");
    if (hostname != arguments.end() && !hostname->second.empty()) request.run.hostname = hostname->second;
    return request;
}

std::string target_platform(const BuildImageRequest& request) {
    return layers::format_platform(request.platform.empty()
                                       ? layers::host_platform()
                                       : layers::normalized(layers::parse_platform(request.platform)));
}

PlanRequest make_plan_request(const BuildImageRequest& request, const std::string& platform) {
    PlanRequest plan_request;
    plan_request.build_arguments = request.build_arguments;
    plan_request.target = request.target;
    plan_request.environment = request.inheritance.environment;
    plan_request.first_base = request.first_base;
    plan_request.labels = request.labels;
    for (const auto& [name, place] : request.named_contexts)
        plan_request.named_contexts.emplace(context_name(name), parse_named_context(place));
    plan_request.target_platform = platform;
    plan_request.build_platform = layers::format_platform(layers::host_platform());
    plan_request.skip_unused_stages = request.skip_unused_stages;
    return plan_request;
}

CheckInput make_check_input(const BuildImageRequest& request, const std::string& platform, const BuildContext& context,
                            std::vector<Warning> parser_warnings) {
    CheckInput input;
    input.build_arguments = request.build_arguments;
    input.target_platform = layers::parse_platform(platform);
    input.ignore = context.ignore.get();
    input.parser_warnings = std::move(parser_warnings);
    return input;
}

BuildInputs open_inputs(SourceFetcher& fetcher, const BuildImageRequest& request,
                        const std::function<void(std::string_view)>& notice) {
    const ContextLocation location = parse_main_context(request.context);
    const bool reads_file_from_input =
        std::find(request.files.begin(), request.files.end(), "-") != request.files.end();
    if (location.kind == ContextLocation::Kind::standard_input && reads_file_from_input)
        throw Error("standard input cannot be both the context and the Containerfile")
            .with_hint("for a Containerfile without a context give only one of the two");
    if (location.kind == ContextLocation::Kind::stage || location.kind == ContextLocation::Kind::image)
        throw Error("the image {} cannot be the context", quoted(request.context))
            .with_hint("name it with --build-context, and copy from it with --from");
    ContextOptions options;
    const auto keep = request.build_arguments.find("BUILDKIT_CONTEXT_KEEP_GIT_DIR");
    options.keeps_git_folder = keep != request.build_arguments.end() && (keep->second == "1" || keep->second == "true");
    BuildInputs inputs{open_context_files(fetcher, location, options), nullptr, {}};
    if (inputs.files.containerfile && !request.files.empty())
        throw Error("what {} gives is no archive, so that there is no context to find {} in",
                    location.kind == ContextLocation::Kind::http ? quoted(request.context) : "standard input",
                    quoted(request.files.front()))
            .with_hint("leave -f out if it is the Containerfile");
    inputs.containerfile =
        load_containerfile(request.files, inputs.files, {request.cpp_flags, notice}, &fetcher.stop());
    inputs.context = open_context(inputs.files, request.ignore_file, inputs.containerfile->name(), &fetcher.stop());
    return inputs;
}

namespace {

BuiltImage build(layers::Store& store, const runtime::Runner& runner, BuildImageRequest request,
                 BuildObserver& observer, runtime::StopSource& stop) {
    const PullPolicy pull_policy = parse_pull_policy(request.pull_policy);
    const layers::Flavour format = parse_format(request.format);
    const std::vector<ExportSpec> exports = parse_exports(request.outputs);
    const Destinations destinations = parse_destinations(request.destinations);
    if (!request.sign_by.empty()) check_destinations_for_signing(destinations);
    const std::string platform = target_platform(request);
    SourceFetcher fetcher([&store]() -> layers::Store& { return store; }, request.secrets, request.ssh_agents, stop);
    request.access.notice = [&observer](std::string_view text) { observer.notice(text); };
    fetcher.set_access(registry::download_access(request.access));
    std::optional<SourcePolicy> rules;
    if (!request.source_policy_file.empty())
        rules = SourcePolicy::parse(runtime::read_file(request.source_policy_file), request.source_policy_file);
    if (rules) fetcher.set_policy(&*rules);
    const BuildInputs inputs = open_inputs(fetcher, request, [&](std::string_view text) { observer.notice(text); });
    resolve_epoch(request.build_arguments, inputs.files);
    std::vector<Warning> warnings;
    SyntaxTree tree = parse_containerfile(inputs.containerfile, &warnings);
    BuildPlan plan = make_plan(std::move(tree), make_plan_request(request, platform));
    resolve_epoch(plan.global_arguments, inputs.files);
    const Times times = make_times(request, plan);
    add_named_images(request.access, store, plan, request);
    registry::Registries registries(request.access, stop);
    StoredImages stored(store, [&](const std::string& text, const std::string& wanted) {
        return rules
                   ? obtain_allowed_image(store, text, wanted, pull_policy, registries, *rules, request.decryption_keys)
                   : obtain_image(store, text, wanted, pull_policy, registries, request.decryption_keys);
    });
    WatchedImages images(stored);
    BuildChecks checks(plan.tree, make_check_input(request, platform, inputs.context, std::move(warnings)), images,
                       observer);
    checks.refuse_violations(plan, platform);

    RemoteCache remote_cache(store, cache_places(request), registries, observer);
    const auto early_pushes = make_early_pushes(store, destinations, plan, request, registries);
    StepFollowers followers;
    if (!cache_places(request).empty()) followers.add(remote_cache);
    for (const auto& [place, push] : early_pushes) followers.add(*push);
    ExecutorSettings settings = make_settings(request, platform, times);
    if (!followers.empty()) settings.follower = &followers;
    if (request.keeps_step_images) settings.keep_image = image_keeper(store, request, format, times.image, settings);
    Executor executor(store, runner, images, observer, fetcher, stop, settings);
    Executor::Result result = [&] {
        try {
            return executor.run(plan, inputs.context);
        } catch (const Error&) {
            checks.report();
            throw;
        }
    }();
    stop.throw_if_stopped();
    StageState state = std::move(result.target);
    BuiltImage built;
    checks.report();
    warn_of_unused_arguments(plan, request, state, observer);
    if (!exports.empty()) {
        for (const SealedLayerPointer& layer : state.layers) static_cast<void>(layer->record.get());
        for (const ExportSpec& spec : exports) export_files(store, state, spec);
    }
    if (request.squash)
        state = squash(store, std::move(state), times.files);
    else if (!request.use_layers)
        state = join_layers(store, std::move(state), times.files);
    if (request.sbom.is_wanted()) {
        StepRunner scanner(store, runner, request.run, stop);
        const ImageFinder find_scanner = [&](const std::string& text, const std::string& wanted) {
            return obtain_image(store, text, wanted, pull_policy, registries, request.decryption_keys);
        };
        const std::string host = layers::format_platform(layers::host_platform());
        scan_image(request.sbom,
                   {store, scanner, find_scanner, observer, request.network, host, inputs.files.folder, times.files},
                   state);
    }
    CommitOptions options{
        format,      destinations.names, request.own_labels,      request.annotations, request.notes_creation,
        times.image, settings.use_cache, settings.secret_patterns};
    if (!cache_places(request).empty())
        options.creation_time = [&](const layers::Digest& key, const std::string& otherwise) {
            return remote_cache.creation_time(key, otherwise);
        };
    options.adjust = request.adjust_image;
    const StageImages saved = save_stages(store, plan, result, request, options);
    if (request.stage_labels) options.labels.merge(stage_labels(plan.stages[plan.target], saved));
    if (state.config.history.size() > state.image_history) state.config.history.back().author = state.config.author;
    CommittedImage committed = commit_image(store, std::move(state), options);
    built.image = std::move(committed.record);
    built.was_known = committed.was_known;
    for (const std::string& name : destinations.names) built.names.push_back(familiar_name(name));
    for (const std::string& place : destinations.places) {
        const auto early = early_pushes.find(place);
        layers::oci::Descriptor manifest = early != early_pushes.end()
                                               ? early->second->commit(*built.image)
                                               : export_to(store, *built.image, place, request.packing, registries);
        if (!request.sign_by.empty()) registry::sign_image(place, manifest.digest(), request.sign_by, stop);
        built.names.push_back(place);
        built.written.push_back({place, std::move(manifest)});
    }
    // What was made for another place alone stays there; its layers are in the cache.
    if (destinations.names.empty() && !destinations.places.empty() && committed.is_new && !request.keeps_in_store)
        remove_if_unused(store, built.image->id);
    remote_cache.report();
    remote_cache.write(request.packing);
    return built;
}

}  // namespace

BuiltImage build_image(layers::Store& store, const runtime::Runner& runner, const BuildImageRequest& given,
                       BuildObserver& whole_observer, runtime::StopSource& stop) {
    BuildImageRequest request = with_predefined_arguments(given);
    std::optional<LimitedOutput> limited;
    if (request.log_limit_bytes) limited.emplace(whole_observer, *request.log_limit_bytes);
    BuildObserver& observer = limited ? static_cast<BuildObserver&>(*limited) : whole_observer;
    warn_of_short_secrets(request.secrets, request.unscanned_secrets, observer);
    const auto secrets = make_secret_patterns(request);
    if (!secrets) return build(store, runner, std::move(request), observer, stop);
    RedactingObserver quiet(observer, *secrets);
    try {
        return build(store, runner, std::move(request), quiet, stop);
    } catch (Error& error) {
        error.rewrite([&](const std::string& text) { return redacted(*secrets, text); });
        throw;
    }
}

}  // namespace builder
