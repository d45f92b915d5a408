#include "builder/build/build_image.hpp"

#include <cstdlib>

#include "builder/build/commit_image.hpp"
#include "builder/build/context.hpp"
#include "builder/build/export_files.hpp"
#include "builder/build/local_images.hpp"
#include "builder/build/stored_images.hpp"
#include "builder/build/transfer.hpp"
#include "builder/syntax/parser.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

layers::Flavour parse_format(const std::string& format) {
    if (format == "oci") return layers::Flavour::oci;
    if (format == "docker") return layers::Flavour::docker;
    throw Error("--format takes oci or docker, not {}", quoted(format));
}

void check_pull_policy(const std::string& policy) {
    for (const char* known : {"always", "missing", "never", "newer", "ifnewer", "ifmissing", "true", "false"})
        if (policy == known) return;
    throw Error("--pull takes always, missing, never or newer, not {}", quoted(policy));
}

std::optional<std::int64_t> epoch_of_environment() {
    const char* const text = std::getenv("SOURCE_DATE_EPOCH");
    if (text == nullptr || *text == '\0') return std::nullopt;
    char* end = nullptr;
    const long long value = std::strtoll(text, &end, 10);
    if (*end != '\0' || value < 0) throw Error("SOURCE_DATE_EPOCH is {}, which is no number of seconds", quoted(text));
    return value;
}

struct Times {
    layers::TimeRule files;   ///< of new layers
    layers::TimeRule image;   ///< of configuration and history
};

Times make_times(const BuildImageRequest& request) {
    if (request.timestamp) return {{request.timestamp, true}, {request.timestamp, true}};
    const auto epoch = request.source_date_epoch ? request.source_date_epoch : epoch_of_environment();
    if (!epoch) return {};
    return {request.rewrite_timestamp ? layers::TimeRule{epoch, false} : layers::TimeRule{}, {epoch, false}};
}

BuildPlan plan_build(std::shared_ptr<const SourceText> source, const BuildImageRequest& request, const std::string& platform) {
    PlanRequest plan_request;
    plan_request.build_arguments = request.build_arguments;
    plan_request.target = request.target;
    for (const auto& [name, folder] : request.named_contexts) plan_request.named_contexts.insert(name);
    plan_request.target_platform = platform;
    plan_request.build_platform = layers::format_platform(layers::host_platform());
    plan_request.skip_unused_stages = request.skip_unused_stages;
    return make_plan(parse_containerfile(std::move(source)), plan_request);
}

ExecutorSettings make_settings(const BuildImageRequest& request, const std::string& platform, const Times& times) {
    ExecutorSettings settings;
    settings.run = request.run;
    settings.network = request.network;
    settings.build_arguments = request.build_arguments;
    settings.named_contexts = request.named_contexts;
    for (const std::string& name : request.allowed) {
        if (name == "security.insecure") settings.allows_insecure = true;
        else if (name != "network.host") throw Error("--allow takes security.insecure or network.host, not {}", quoted(name));
    }
    settings.secrets = request.secrets;
    settings.ssh_agents = request.ssh_agents;
    settings.times = times.files;
    settings.use_cache = !request.no_cache && request.use_layers;
    settings.fill_cache = request.use_layers;
    settings.platform = platform;
    if (request.jobs) {
        if (*request.jobs < 0) throw Error("--jobs takes 0 or more, not {}", *request.jobs);
        settings.jobs = static_cast<unsigned>(*request.jobs);
    }
    return settings;
}

}  // namespace

BuiltImage build_image(layers::Store& store, const runtime::Runner& runner, const BuildImageRequest& request,
                       BuildObserver& observer, runtime::StopSource& stop) {
    check_pull_policy(request.pull_policy);
    const layers::Flavour format = parse_format(request.format);
    const std::vector<ExportSpec> exports = parse_exports(request.outputs);
    const Destinations destinations = parse_destinations(request.destinations);
    const Times times = make_times(request);
    const std::string platform = layers::format_platform(
        request.platform.empty() ? layers::host_platform() : layers::normalized(layers::parse_platform(request.platform)));
    const bool from_stdin = request.context == "-";
    const std::string folder = from_stdin ? "" : request.context;
    auto source = load_containerfile(from_stdin ? std::vector<std::string>{"-"} : request.files, folder);
    const BuildContext context = open_context(folder, request.ignore_file, source->name());
    const BuildPlan plan = plan_build(source, request, platform);
    StoredImages images(store, [&](const std::string& text, const std::string& wanted) { return import_from(store, text, wanted, stop); });

    const ExecutorSettings settings = make_settings(request, platform, times);
    Executor executor(store, runner, images, observer, stop, settings);
    StageState state = executor.run(plan, context);
    stop.throw_if_stopped();
    BuiltImage built;
    if (!exports.empty()) {
        for (const SealedLayerPointer& layer : state.layers) layer->record.wait();
        for (const ExportSpec& spec : exports) export_files(store, state, spec);
        if (destinations.empty()) return built;
    }
    if (request.squash) state = squash(store, std::move(state), times.files);
    CommitOptions options{format, destinations.names, request.labels, request.annotations, times.image, settings.use_cache};
    built.image = commit_image(store, std::move(state), options);
    for (const std::string& name : destinations.names) built.names.push_back(familiar_name(name));
    for (const std::string& place : destinations.places) {
        export_to(store, *built.image, place, {}, stop);
        built.names.push_back(place);
    }
    return built;
}

}  // namespace builder
