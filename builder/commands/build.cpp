#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/build/build_image.hpp"
#include "builder/build/manifest_list.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/progress.hpp"
#include "builder/cli/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/build_call.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/commands/further_build_flags.hpp"
#include "builder/commands/isolation.hpp"
#include "builder/commands/run_flags.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

struct BuildOptions {
    BuildImageRequest request;
    std::vector<std::string> tags;
    std::string iid_file;
    std::string progress = "auto";
    bool quiet = false;
    bool ignored_switch = true;
    bool check = false;
    std::string call = "build";
    std::vector<std::string> outputs;
    std::vector<std::string> secrets;
    std::vector<std::string> ssh;
    RunFlags run;
    RegistryFlags access;
    PackingFlags packing;
    bool pushes = false;
    std::string manifest_list;
    FurtherBuildFlags further;
};

std::vector<Flag> build_flags(BuildOptions& options) {
    BuildImageRequest& request = options.request;
    std::vector<Flag> flags = {
        flag("file", 'f', "FILE", "the Containerfile; several are joined, - is standard input", request.files),
        flag("tag", 't', "NAME", "name of the image; may be given several times, transports too", options.tags),
        flag("target", 0, "STAGE", "the stage to build; the last one by default", request.target),
        flag("build-arg", 0, "NAME=VALUE", "value of an ARG", request.build_arguments),
        flag("build-context", 0, "NAME=PLACE",
             "another context, for FROM and --from: a folder, a URL, docker-image://…, oci-layout://…, target:STAGE",
             request.named_contexts),
        flag("cpp-flag", 0, "FLAG", "a flag for the C preprocessor, which reads files that end in .in",
             request.cpp_flags),
        flag("cache-from", 0, "NAME", "a cache in a registry to take steps from; may be given several times",
             request.cache_from),
        flag("cache-to", 0, "NAME", "a cache in a registry to put the steps into; may be given several times",
             request.cache_to),
        flag("manifest", 0, "LIST", "add the image to a manifest list, which is made where it does not exist",
             options.manifest_list),
        flag("push", 0, "push the image to the registries that its names are of", options.pushes),
        flag("ignorefile", 0, "FILE", "the ignore file to use", request.ignore_file),
        flag("no-cache", 0, "run every step, whatever the cache has", request.no_cache),
        flag("layers", 0,
             "use and fill the cache, and make a layer of each step (on by default); false makes one layer of all",
             request.use_layers),
        flag("pull", 0, "POLICY", "when to fetch base images: always, missing, never or newer", request.pull_policy),
        flag("format", 0, "FORMAT", "oci or docker", request.format),
        flag("secret", 0, "id=ID,src=FILE",
             "a secret for RUN --mount=type=secret; env=NAME instead of src; scan=false lets it into the image",
             options.secrets),
        flag("allow", 0, "NAME", "let the file use security.insecure, network.host, or device=NAME", request.allowed),
        flag("ssh", 0, "ID=PLACE",
             "an SSH agent for RUN --mount=type=ssh: a socket, key files, or just default for $SSH_AUTH_SOCK",
             options.ssh),
        flag("label", 0, "NAME=VALUE", "a label of the image", request.labels),
        flag("annotation", 0, "NAME=VALUE", "an annotation of the manifest", request.annotations),
        flag("timestamp", 0, "SECONDS", "the time of everything made, in seconds since 1970", request.timestamp),
        flag("source-date-epoch", 0, "SECONDS",
             "the time of the image; later times of files become it with --rewrite-timestamp",
             request.source_date_epoch),
        flag("rewrite-timestamp", 0, "apply the source date epoch to the files of new layers",
             request.rewrite_timestamp),
        flag("save-stages", 0, "keep the other stages as images without a name", request.save_stages),
        flag("stage-labels", 0, "name the stage in labels of those", request.stage_labels),
        flag("compat-volumes", 0, "keep nothing of what RUN writes to a VOLUME", request.compat_volumes),
        flag("squash", 0, "make one layer of everything", request.squash),
        flag("platform", 0, "OS/ARCH", "the platform to build for", request.platform),
        flag("jobs", 0, "NUMBER", "stages to build at a time; 0 is as many as can", request.jobs),
        flag("skip-unused-stages", 0, "leave stages out that the target does not need (on by default)",
             request.skip_unused_stages),
        flag("output", 'o', "SPEC", "write the files: type=local,dest=FOLDER or type=tar,dest=FILE", options.outputs),
        flag("iidfile", 0, "FILE", "write the image ID to a file", options.iid_file),
        flag("quiet", 'q', "print nothing but the image ID", options.quiet),
        flag("progress", 0, "MODE", "auto, plain, tty or quiet", options.progress),
        flag("check", 0, "build nothing; print what the checks find, and fail when they find something", options.check),
        flag("call", 0, "METHOD",
             "answer a question instead of building: check, outline or targets; add ,format=json for JSON",
             options.call),
        flag("rm", 0, "accepted: nothing is left behind anyway", options.ignored_switch),
        flag("force-rm", 0, "accepted: nothing is left behind anyway", options.ignored_switch),
    };
    for (Flag& run_flag : run_flags(options.run)) flags.push_back(std::move(run_flag));
    for (Flag& further : further_build_flags(options.further, request)) flags.push_back(std::move(further));
    for (Flag& registry_flag : registry_flags(options.access)) flags.push_back(std::move(registry_flag));
    for (Flag& packing_flag : packing_flags(options.packing)) flags.push_back(std::move(packing_flag));
    for (Flag& entry : flags) {
        if (entry.name == "pull") entry.optional_value = "always";
    }
    return flags;
}

/// For --push: beside each name, the name's place in its registry.
void add_pushes(std::vector<std::string>& destinations) {
    std::vector<std::string> places;
    for (const std::string& text : destinations)
        if (!registry::parse_image_location(text)) places.push_back("docker://" + text);
    if (places.empty()) throw runtime::Error("--push needs a name in a registry").with_hint("give it with --tag");
    destinations.insert(destinations.end(), places.begin(), places.end());
}

std::string environment_value(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) throw runtime::Error("the environment has no variable {}", runtime::quoted(name));
    return value;
}

/// "id=ID,src=FILE", "id=ID,env=NAME", or "id=ID" for the variable of that name, else the file.
/// With scan=false the image may hold it.
void add_secret(const std::string& text, BuildImageRequest& request) {
    std::map<std::string, std::string>& secrets = request.secrets;
    constexpr std::size_t limit_bytes = 512 * 1024;
    std::map<std::string, std::string> fields;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string part = text.substr(start, end - start);
        const std::size_t equals = std::min(part.find('='), part.size());
        fields[part.substr(0, equals)] = part.substr(std::min(equals + 1, part.size()));
        start = end + 1;
    }
    for (const auto& [key, value] : fields)
        if (key != "id" && key != "src" && key != "source" && key != "env" && key != "type" && key != "scan")
            throw runtime::Error("--secret: {} is not known", runtime::quoted(key))
                .with_hint("it takes id=ID with src=FILE or env=NAME");
    const std::string source = fields.contains("src") ? fields["src"] : fields["source"];
    const std::string id = !fields["id"].empty() ? fields["id"] : source.substr(source.rfind('/') + 1);
    if (id.empty()) throw runtime::Error("--secret {} has no id", runtime::quoted(text));
    if (fields.contains("scan") && !parse_switch("secret scan", fields["scan"])) request.unscanned_secrets.insert(id);
    const bool names_variable = source.empty() && (fields["type"] == "env" || fields["env"].empty());
    if (!source.empty() && fields["type"] != "env")
        secrets[id] = runtime::read_file(source, limit_bytes);
    else if (!fields["env"].empty())
        secrets[id] = environment_value(fields["env"]);
    else if (names_variable && std::getenv(id.c_str()) != nullptr)
        secrets[id] = environment_value(id);
    else
        secrets[id] = runtime::read_file(id, limit_bytes);
}

int answer_call(Context& context, const BuildImageRequest& request, const BuildCall& call) {
    const BuildAnswer answer = answer_build_call(context, request, call);
    std::cout << answer.text;
    return answer.exit_code;
}

void add_to_list(layers::Store& store, const std::string& name, const layers::ImageRecord& image) {
    ManifestList list = ManifestList::find(store, name).value_or(ManifestList(name));
    list.add_stored(image, {});
    list.save(store);
}

int run_build(Context& context, const Words& words, BuildOptions& options) {
    options.request.context = words.empty() ? "." : words.front();
    if (options.request.stage_labels && !options.request.save_stages)
        throw runtime::Error("--stage-labels needs --save-stages");
    const BuildCall call = parse_build_call(options.check ? "check" : options.call);
    if (call.method != BuildCall::Method::build) return answer_call(context, options.request, call);
    // The runner first: it is forked before there are threads.
    const IsolatedRunner isolated = start_runner(options.run.isolation);
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    BuildImageRequest& request = options.request;
    request.destinations = options.tags;
    request.outputs = options.outputs;
    for (const std::string& text : options.secrets) add_secret(text, request);
    request.ssh_agents = open_ssh_agents(options.ssh);
    std::vector<std::string> notices;
    if (!isolated.notice.empty()) notices.push_back(isolated.notice);
    request.run = make_run_settings(options.run, notices);
    request.run.isolation = isolated.isolation;
    request.access = access_options(context, options.access);
    request.packing = make_packing(options.packing);
    if (options.pushes) add_pushes(request.destinations);
    request.network = prepare_network(options.run, request.run, stop);
    apply_further_flags(options.further, request);
    const runtime::Fd log =
        options.further.log_file.empty()
            ? runtime::Fd()
            : runtime::open_path(options.further.log_file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
    const ProgressMode mode = choose_progress(options.progress, options.quiet, log ? log.get() : STDOUT_FILENO);
    const bool writes_to_stdout = std::any_of(
        options.outputs.begin(), options.outputs.end(),
        [](const std::string& output) { return output == "-" || output.find("dest=-") != std::string::npos; });
    Progress progress(mode, log ? log.get() : writes_to_stdout ? STDERR_FILENO : STDOUT_FILENO);
    for (const std::string& notice : notices) progress.notice(notice);
    std::optional<runtime::Cgroup> cgroup;
    if (const runtime::CgroupLimits limits = cgroup_limits(options.run); !limits.empty()) {
        cgroup.emplace(limits);
        request.run.cgroup_folders = cgroup->folders();
    }
    const BuiltImage built = build_image(context.store(), isolated.runner, request, progress, stop);
    progress.close();
    if (!options.manifest_list.empty() && built.image)
        add_to_list(context.store(), options.manifest_list, *built.image);
    write_image_files(options.further, built);
    if (!options.iid_file.empty() && built.image) runtime::replace_file(options.iid_file, built.image->id.text());
    if (built.image && !writes_to_stdout) {
        for (const std::string& name : built.names) progress.line("Successfully tagged " + name);
        std::cout << built.image->id.hex() << "\n";
    }
    return 0;
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
    take_from_environment(command.flags, "format", "FORMAT");
    take_from_environment(command.flags, "isolation", "ISOLATION");
    take_from_environment(command.flags, "layers", "LAYERS");
    take_from_environment(command.flags, "runtime", "RUNTIME");
    command.run = [options](Context& context, const Words& words) { return run_build(context, words, *options); };
    return command;
}

}  // namespace builder
