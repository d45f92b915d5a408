#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

#include "builder/cli/build_log.hpp"
#include "builder/cli/build_timeout.hpp"
#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/build_compatibility_flags.hpp"
#include "builder/cli/flags/build_limit_flags.hpp"
#include "builder/cli/flags/docker_build_flags.hpp"
#include "builder/cli/flags/isolation_flags.hpp"
#include "builder/cli/flags/output_specs.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/flags/run_flags.hpp"
#include "builder/cli/flags/secret_flag.hpp"
#include "builder/cli/flags/step_settings.hpp"
#include "builder/cli/on_error.hpp"
#include "builder/cli/project_settings.hpp"
#include "builder/cli/recorded_build.hpp"
#include "builder/cli/resume_point.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/build_call.hpp"
#include "builder/commands/build_flags.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/default_mounts.hpp"
#include "builder/engine/run/build_platforms.hpp"
#include "builder/engine/run/list_of_platforms.hpp"
#include "builder/engine/run/steps_cgroup.hpp"
#include "builder/images/export_files.hpp"
#include "builder/images/image_load.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/steps/step_slots.hpp"
#include "builder/syntax/duration.hpp"
#include "registry/reference.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/exit_code.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_place.hpp"

namespace builder {
namespace {

int answer_call(Context& context, const BuildImageRequest& request, const BuildCall& call) {
    const BuildAnswer answer = answer_build_call(context, request, call);
    std::cout << answer.text;
    return answer.exit_code;
}

/// Everything that the builds of one command share.
struct BuildWork {
    Context& context;
    BuildOptions& options;
    const runtime::Runner& runner;
    runtime::StopSource& stop;
    std::vector<std::string> notices = {};
    bool writes_to_stdout = false;
    bool makes_several = false;  ///< images, one for each platform
    LoadPlace load = LoadPlace::nowhere;
    std::optional<WorkingContainer> resumed = {};  ///< nobody writes into it meanwhile
};

/// $BUILDER_CPPFLAGS, else $BUILDAH_CPPFLAGS: words between blanks, in front of those of --cpp-flag.
void add_preprocessor_flags(std::vector<std::string>& flags) {
    const char* text = std::getenv("BUILDER_CPPFLAGS");
    if (text == nullptr) text = std::getenv("BUILDAH_CPPFLAGS");
    if (text == nullptr) return;
    std::istringstream words(text);
    std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
    all.insert(all.end(), flags.begin(), flags.end());
    flags = std::move(all);
}

/// By name, so that their order among each other makes no difference.
std::vector<AskedSetting> asked_settings(const BuildOptions& options, const GlobalOptions& global) {
    std::vector<AskedSetting> asked = options.asked;
    for (const std::string& range : global.user_ranges) asked.push_back({"userns-uid-map", range});
    for (const std::string& range : global.group_ranges) asked.push_back({"userns-gid-map", range});
    std::stable_sort(asked.begin(), asked.end(),
                     [](const AskedSetting& left, const AskedSetting& right) { return left.name < right.name; });
    return asked;
}

void prepare_request(BuildWork& work) {
    BuildOptions& options = work.options;
    BuildImageRequest& request = options.request;
    request.destinations = options.tags;
    request.keeps_in_store = !options.manifest_list.empty() || work.load != LoadPlace::nowhere;
    const OutputWishes wishes = parse_outputs(options.outputs, options.tags);
    apply_outputs(wishes, request, options.packing);
    for (const std::string& text : options.secrets) add_secret(text, request, work.stop);
    for (const std::string& name : options.permissions) permit(request.steps.permissions, name);
    request.steps.ssh_agents = open_ssh_agents(options.ssh);
    const runtime::Isolation isolation = request.steps.run.isolation;
    const bool gives_input = request.steps.run.gives_input;
    complete(options.run.user_namespace, work.context);
    request.steps.run = make_run_settings(options.run, work.notices);
    request.steps.run.isolation = isolation;
    request.steps.run.gives_input = gives_input;
    request.steps.run.asked = asked_settings(options, work.context.options());
    apply_build_limits(options.limits, request);
    // --jobs says how many stages; else all builds of the machine share what it has.
    if (!request.jobs)
        request.steps.run.slots =
            std::make_shared<StepSlots>(work.context.store().location().runroot + "/running-locks/steps");
    request.access = access_options(work.context, options.access, {});
    request.packing = make_packing_of_builds(options.packing);
    request.decryption_keys = registry::parse_decryption_keys(options.decryption_keys);
    if (options.pushes || wishes.pushes_tags) add_pushes(request.destinations);
    request.access.credentials_for = parse_destinations(request.destinations).places;
    request.steps.network = prepare_network(options.run, request.steps.run, work.stop);
    apply_compatibility_flags(options.compatibility, request);
    add_preprocessor_flags(request.cpp_flags);
    for (runtime::DeviceMount& mount : default_mounts(work.context.options().default_mounts_file))
        request.steps.run.devices.mounts.push_back(std::move(mount));
    work.writes_to_stdout = uses_standard_output(request.outputs, request.destinations);
}

/// --resume-from ID[:done]. The steps in front come from the cache, whatever the build was told of it.
void resume(BuildWork& work) {
    BuildImageRequest& request = work.options.request;
    if (!request.use_layers)
        throw runtime::Error("a build with --layers=false cannot be resumed: none of its steps is kept");
    request.no_cache = false;
    request.no_cache_filter.clear();
    const auto [id, done] = runtime::split_once(work.options.resume_from, ':');
    work.resumed.emplace(work.context.store(), std::string(id));
    work.options.request.resumed = resumed_step(*work.resumed, done == "done");
}

/// "_linux_arm64", for files of one of several platforms.
std::string platform_suffix(const std::string& platform) {
    std::string suffix = "_" + platform;
    std::replace(suffix.begin(), suffix.end(), '/', '_');
    return suffix;
}

BuildLogSettings log_settings(const BuildWork& work, const std::string& file) {
    const BuildOptions& options = work.options;
    const BuildCompatibilityFlags& flags = options.compatibility;
    return {.progress = options.progress,
            .is_quiet = options.quiet,
            .file = file,
            .leaves_standard_output = work.writes_to_stdout,
            .lines = {options.iid_file.empty(), options.request.keeps_step_images, options.explains},
            .notices = work.notices,
            .logs_use = flags.logs_use,
            .use_file = flags.use_log_file};
}

/// A name in a registry is told once, however many tags it has.
void tell_written(const std::vector<WrittenImage>& written, BuildProgress& progress) {
    std::set<std::string> told;
    for (const WrittenImage& one : written)
        if (const std::string name = pullable_name(one); !name.empty() && told.insert(name).second)
            progress.image_pushed(name);
}

/// All names that the image has, if it was given one, and the places that it went to. The last name comes first.
std::vector<std::string> names_to_tell(const BuiltImage& built) {
    std::vector<std::string> names;
    const auto is_place = [](const std::string& name) { return registry::parse_image_location(name).has_value(); };
    if (!std::all_of(built.names.begin(), built.names.end(), is_place))
        for (auto name = built.image->names.rbegin(); name != built.image->names.rend(); ++name)
            names.push_back(familiar_name(*name));
    std::copy_if(built.names.begin(), built.names.end(), std::back_inserter(names), is_place);
    return names;
}

void tell_image(BuildWork& work, const BuiltImage& built, BuildLog& log) {
    BuildProgress& progress = log.progress();
    if (!built.image) return;
    tell_written(built.written, progress);
    MadeImage made;
    made.tell_copied = [&] {
        if (const auto copied = log.copy_lines()) tell_stored(*copied, built.image->manifest);
    };
    if (work.writes_to_stdout) {
        made.tell_copied();
        return;
    }
    made.id = built.image->id.hex();
    made.was_known = built.was_known;
    made.names = names_to_tell(built);
    if (!work.options.tags.empty()) made.first_name = work.options.tags.front();
    // Of several platforms the files have the ID of the list.
    const bool is_one_of_many = work.makes_several;
    made.tells_digits = is_one_of_many || work.options.iid_file.empty();
    made.tells_id = is_one_of_many || (work.options.iid_file.empty() && work.options.compatibility.raw_id_file.empty());
    progress.image_made(made);
}

/// Docker gets the names as they were typed, as its own builds would give them. Gives a line for people.
std::string load_built(BuildWork& work, const BuiltImage& built) {
    if (work.load == LoadPlace::nowhere || !built.image) return "";
    std::vector<std::string> names;
    for (const std::string& tag : work.options.tags)
        if (!registry::parse_image_location(tag)) names.push_back(tag);
    return load_image(work.load, work.context.store(), work.context.publication(), *built.image, names, work.stop);
}

BuiltImage build_one(BuildWork& work, BuildImageRequest request, BuildLog& log) {
    BuildProgress& progress = log.progress();
    request.access.observer = log.transfers();
    request.on_failure = on_error_handler(
        work.resumed ? "fail" : work.options.on_error, [&progress] { progress.close(); }, how_started(work.context));
    const std::string& trace = work.options.trace_file;
    RecordedBuild build(work.context, work.runner, progress, work.stop,
                        trace.empty() || !work.makes_several ? trace : trace + platform_suffix(request.platform));
    BuiltImage built = build.run(request);
    const std::string loaded = load_built(work, built);
    progress.close();
    tell_image(work, built, log);
    if (!loaded.empty() && !work.options.quiet) std::cerr << loaded << "\n";
    build.finish({built.image ? built.image->id.text() : "", built.names});
    return built;
}

void write_files(const BuildOptions& options, const std::string& id, const ImageMetadata& metadata) {
    if (!options.iid_file.empty()) write_id_file(options.iid_file, id);
    if (!options.compatibility.raw_id_file.empty())
        write_id_file(options.compatibility.raw_id_file, id.substr(id.find(':') + 1));
    if (!options.compatibility.metadata_file.empty())
        write_metadata_file(options.compatibility.metadata_file, metadata);
}

void build_for_one_platform(BuildWork& work) {
    BuildOptions& options = work.options;
    BuildLog log(log_settings(work, options.compatibility.log_file));
    const BuiltImage built = build_one(work, options.request, log);
    if (!built.image) return;
    if (!options.manifest_list.empty()) add_to_manifest_list(work.context.store(), options.manifest_list, *built.image);
    const registry::RawManifest in_store{built.image->manifest, built.image->media_type};
    write_files(options, built.image->id.text(),
                {built.image->id.text(), descriptor_for_scripts(built.written, in_store.descriptor()), built.names});
}

/// With --logsplit each platform has a file.
std::string log_file_for(const BuildCompatibilityFlags& flags, const std::string& platform) {
    if (flags.log_file.empty() || !flags.splits_log) return flags.log_file;
    return flags.log_file + platform_suffix(platform);
}

/// One build after the other.
void build_for_platforms(BuildWork& work, const std::vector<std::string>& platforms, const RewindableInput& input) {
    work.makes_several = true;
    const BuildCompatibilityFlags& flags = work.options.compatibility;
    ListOfPlatforms list(work.context.store(), work.options.request, work.options.manifest_list, work.stop);
    std::optional<BuildLog> log;
    for (const std::string& platform : platforms) {
        if (!log || flags.splits_log) log.emplace(log_settings(work, log_file_for(flags, platform)));
        log->progress().platform_started(platform);
        input.rewind();
        const BuiltImage built = build_one(work, request_for_platform(work.options.request, platform), *log);
        if (built.image) list.add(*built.image);
    }
    const ListOfPlatforms::Result result = list.finish([&](std::string_view text) { log->progress().line(text); });
    tell_written(result.written, log->progress());
    if (!result.id.empty()) write_files(work.options, result.id, result.metadata);
}

/// A name that is none is refused before anything is built.
void refuse_bad_caches(const std::vector<std::string>& places, const char* flag) {
    for (const std::string& place : places) {
        if (place.find('=') != std::string::npos) continue;
        try {
            static_cast<void>(registry::Reference::parse(place));
        } catch (const runtime::Error& reason) {
            const std::string why =
                place.empty() ? "invalid reference format" : reason.message().substr(0, reason.message().find(" in '"));
            throw runtime::Error(
                "unable to parse value provided `[{0}]` to {1}: invalid repo \"{0}\": must contain registry and "
                "repository: {2}",
                place, flag, why);
        }
    }
}

void refuse_conflicts(const BuildOptions& options) {
    static_cast<void>(on_error_handler(options.on_error, nullptr));
    const BuildImageRequest& request = options.request;
    if ((options.removes || options.forces_removal) && !request.use_layers && !request.no_cache)
        throw runtime::Error("'rm' and 'force-rm' can only be set with either 'layers' or 'no-cache'");
    static_cast<void>(parse_outputs(options.outputs, options.tags));
    refuse_bad_caches(request.cache_from, "--cache-from");
    refuse_bad_caches(request.cache_to, "--cache-to");
    if (request.stage_labels && !request.save_stages)
        throw runtime::Error("\"--stage-labels\" requires \"--save-stages\"");
    if (options.compatibility.splits_log && options.compatibility.log_file.empty())
        throw runtime::Error("cannot use --logsplit without --logfile");
}

/// The place of the context; a Containerfile stands for the folder that it is in.
void take_context(const std::string& given, BuildImageRequest& request) {
    const std::string place = given.empty() ? "." : given;
    request.context = place;
    std::error_code unknown;
    if (!request.files.empty() || place == "-" || !std::filesystem::is_regular_file(place, unknown)) return;
    const std::string folder = std::filesystem::path(place).parent_path().string();
    request.files = {place};
    request.context = folder.empty() ? "." : folder;
}

/// The error of a build that --timeout has ended.
runtime::Error timed_out(const BuildOptions& options) {
    runtime::Error error("the build took longer than {} (--timeout) and was ended",
                         duration_text(*parse_timeout(options.limits.timeout, "timeout")));
    error.with_exit_code(static_cast<int>(runtime::ExitCode::timed_out));
    return error;
}

void build_all(BuildWork& work, std::vector<std::string> platforms);

int run_build(Context& context, const Words& words, BuildOptions& options) {
    take_context(words.empty() ? "." : words.front(), options.request);
    take_project_settings(context, options);
    take_inline_cache(options.request);
    options.request.use_layers = options.layers.value_or(true);
    options.request.keeps_step_images = options.layers.value_or(false);
    runtime::distrust_links_in(options.request.context);
    for (const auto& [name, place] : options.request.named_contexts) runtime::distrust_links_in(place);
    refuse_conflicts(options);
    std::vector<std::string> platforms = parse_platforms(options.platforms);
    if (platforms.size() == 1) options.request.platform = platforms.front();
    sort_annotations(options.request, options.all_platforms || platforms.size() > 1);
    options.request.access = access_options(context, options.access, {});
    const BuildCall call = parse_build_call(options.check ? "check" : options.call);
    if (call.method != BuildCall::Method::build) return answer_call(context, options.request, call);
    if (!options.manifest_list.empty())
        static_cast<void>(ManifestList::find_or_new(context.store(), options.manifest_list));
    const IsolatedRunner isolated =
        choose_runner(isolation_wish(options.run.isolation, options.compatibility.namespaces));
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const BuildTimeout timeout(stop, parse_timeout(options.limits.timeout, "timeout"));
    BuildWork work{context, options, isolated.runner, stop};
    if (parse_outputs(options.outputs, options.tags).loads_into_docker) options.load = "docker";
    if (!options.load.empty()) work.load = choose_load_place(options.load, context.publication(), stop);
    options.request.steps.run.isolation = isolated.isolation;
    if (!isolated.notice.empty()) work.notices.push_back(isolated.notice);
    if (!options.resume_from.empty()) resume(work);
    prepare_request(work);
    options.request.steps.run.namespaces = choose_namespaces(context.store(), options.compatibility.namespaces);
    const auto cgroup = limit_steps(cgroup_limits(options.run), options.request.steps.run, isolated.runner,
                                    cgroup_manager(context.options().cgroup_manager));
    try {
        build_all(work, std::move(platforms));
    } catch (const runtime::Error&) {
        if (timeout.is_over()) throw timed_out(options);
        throw;
    }
    return 0;
}

void build_all(BuildWork& work, std::vector<std::string> platforms) {
    BuildOptions& options = work.options;
    if (!options.all_platforms && platforms.size() < 2) return build_for_one_platform(work);
    if (work.load == LoadPlace::docker)
        throw runtime::Error("--load gives Docker one image, not one for each of several platforms")
            .with_hint("name one platform, or push the list to a registry");
    const RewindableInput input(options.request, work.context.store());
    input.rewind();
    if (options.all_platforms) platforms = platforms_of_bases(work.context.store(), options.request, work.stop);
    build_for_platforms(work, platforms, input);
}

}  // namespace

Command build_command() {
    auto options = std::make_shared<BuildOptions>();
    Command command;
    command.name = "build";
    command.aliases = {"bud", "build-using-dockerfile"};
    command.group = "Building";
    command.summary = "build an image from a Containerfile";
    command.usage = "[flags] [CONTEXT]";
    command.flags = build_flags(*options);
    command.most_words = 1;
    command.takes_defaults = true;
    take_from_environment(command.flags, "format", "FORMAT");
    take_from_environment(command.flags, "isolation", "ISOLATION");
    take_from_environment(command.flags, "layers", "LAYERS");
    take_from_environment(command.flags, "runtime", "RUNTIME");
    command.run = [options](Context& context, const Words& words) { return run_build(context, words, *options); };
    return command;
}

}  // namespace builder
