#include "builder/commands/build_flags.hpp"

#include <iterator>

#include "builder/cli/flags/docker_build_flags.hpp"
#include "builder/cli/flags/seconds_flag.hpp"
#include "builder/cli/flags/step_settings.hpp"
#include "builder/cli/project_settings.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// For `debug resume`.
Flag resume_flag(BuildOptions& options) {
    Flag result =
        flag("resume-from", 0, "CONTAINER[:done]", "go on from a container of a failed step", options.resume_from);
    result.hidden = true;
    return result;
}

/// Flags that stand in files of their own.
std::vector<std::vector<Flag>> shared_flags(BuildOptions& options) {
    return {run_flags(options.run),
            build_compatibility_flags(options.compatibility, options.request),
            docker_build_flags(options.request),
            build_limit_flags(options.limits),
            registry_flags(options.access),
            packing_flags(options.packing),
            {resume_flag(options)}};
}

}  // namespace

std::vector<Flag> build_flags(BuildOptions& options) {
    BuildImageRequest& request = options.request;
    std::vector<Flag> flags = {
        flag("file", 'f', "FILE", "Containerfile to use; several are joined, - is standard input", request.files),
        flag("tag", 't', "NAME", "name for the image; may be repeated, and may name a transport", options.tags),
        flag("target", 0, "STAGE", "stage to build (default: the last one)", request.target),
        flag("build-arg", 0, "NAME=VALUE", "set the value of an ARG", request.steps.build_arguments),
        flag("build-context", 0, "NAME=PLACE",
             "another context, for FROM and --from: a folder, a URL, docker-image://…, oci-layout://…, target:STAGE",
             request.named_contexts),
        flag("cpp-flag", 0, "FLAG", "flag for the C preprocessor, which processes files ending in .in",
             request.cpp_flags),
        flag("cache-from", 0, "NAME", "registry repository to read cached steps from; may be repeated",
             request.cache_from),
        flag("cache-to", 0, "NAME", "registry repository to write cached steps to; may be repeated", request.cache_to),
        flag("manifest", 0, "LIST", "add the image to a manifest list, creating it if necessary",
             options.manifest_list),
        flag("push", 0, "push the image to the registries named by its tags", options.pushes),
        flag("load", 0, "ENGINE", "hand the image to docker or podman (default: the one that is there)", options.load),
        flag("ignorefile", 0, "FILE", "ignore file to use", request.ignore_file),
        flag("no-cache", 0, "do not use cached steps", request.no_cache),
        flag("layers", 0, "keep an image of each step; false makes a single layer of all steps", options.layers),
        flag("pull", 0, "POLICY", "when to pull base images: always, missing, never or newer", request.pull_policy),
        flag("format", 0, "FORMAT", "image format: oci or docker", request.format),
        flag("secret", 0, "id=ID,src=FILE",
             "secret for RUN --mount=type=secret; env=NAME instead of src=; scan=false allows it in the image",
             options.secrets),
        flag("allow", 0, "NAME", "allow the Containerfile to use security.insecure, network.host or device=NAME",
             options.permissions),
        flag("ssh", 0, "ID=PLACE",
             "SSH agent for RUN --mount=type=ssh: a socket, key files, or default for $SSH_AUTH_SOCK", options.ssh),
        flag("label", 0, "NAME=VALUE", "set a label of the image", request.labels),
        flag("annotation", 0, "NAME=VALUE", "add an annotation to the manifest", request.annotations),
        flag("timestamp", 0, "SECONDS", "timestamp of the image and its files, in seconds since 1970",
             request.timestamp),
        seconds_flag("source-date-epoch",
                     "timestamp of the image; with --rewrite-timestamp also the latest time of its files",
                     "error parsing source-date-epoch offset", request.source_date_epoch),
        flag("rewrite-timestamp", 0, "clamp file times in new layers to the source date epoch",
             request.rewrite_timestamp),
        flag("save-stages", 0, "keep the other stages as untagged images", request.save_stages),
        flag("stage-labels", 0, "label images with the name and base of their stage", request.stage_labels),
        flag("compat-volumes", 0, "discard what RUN writes to a VOLUME", request.steps.discards_volume_changes),
        flag("squash", 0, "squash all layers into one", request.squash),
        flag("platform", 0, "OS/ARCH", "platform to build for; may be repeated", options.platforms),
        flag("all-platforms", 0, "build for all platforms that the base images support", options.all_platforms),
        flag("jobs", 0, "NUMBER", "number of stages to build at a time; 0 means no limit", request.jobs),
        flag("skip-unused-stages", 0, "skip stages that the target does not need (default true)",
             request.skip_unused_stages),
        flag("output", 'o', "SPEC",
             "what becomes of the build: type=local,dest=FOLDER, type=tar,dest=FILE, oci, docker, image or registry",
             options.outputs),
        flag("iidfile", 0, "FILE", "write the image ID to a file", options.iid_file),
        flag("quiet", 'q', "print only the image ID", options.quiet),
        flag("progress", 0, "MODE", "progress output: auto, plain, tty, quiet or json (one object per line)",
             options.progress),
        flag("explain", 0, "say of each step why it runs, or that it is cached", options.explains),
        flag("on-error", 0, "ACT",
             "when a step's command fails: fail, shell (a shell where it ran), or keep (a working container of it)",
             options.on_error),
        flag("trace", 0, "FILE",
             "write a trace of the build: for Perfetto, or with .jsonl at the end for OpenTelemetry",
             options.trace_file),
        flag("check", 0, "run the checks without building; exit with 1 if they find something", options.check),
        flag("call", 0, "METHOD",
             "run a method instead of building: check, outline or targets; add ,format=json for JSON", options.call),
        flag("rm", 0, "accepted for compatibility; intermediate containers never stay", options.removes),
        flag("force-rm", 0, "accepted for compatibility; intermediate containers never stay", options.forces_removal),
    };
    auto further = shared_flags(options);
    for (std::vector<Flag>& more : further)
        flags.insert(flags.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    flags.push_back(decryption_flag(options.decryption_keys));
    for (Flag& entry : flags) {
        if (entry.name == "pull") entry.optional_value = "always";
        if (entry.name == "load") entry.optional_value = "auto";
    }
    note_asked_settings(flags, options.asked);
    return flags;
}

void take_project_settings(Context& context, BuildOptions& options) {
    const auto project = ProjectSettings::read(options.request.context);
    if (!project) return;
    BuildImageRequest& request = options.request;
    if (options.pushes && options.tags.empty() && !project->tags.empty())
        throw runtime::Error("--push: the names of {} are those of this machine", runtime::quoted(project->path))
            .with_hint("say what to push with --tag");
    request.default_file = project->file;
    if (request.target.empty()) request.target = project->target;
    if (options.platforms.empty() && !options.all_platforms) options.platforms = project->platforms;
    if (options.tags.empty() && options.outputs.empty())
        options.tags = names_to_give(*project, context.store(), options.request.context);
    if (options.progress == "auto" && !project->progress.empty()) options.progress = project->progress;
    for (const auto& argument : project->arguments) request.steps.build_arguments.insert(argument);
}

}  // namespace builder
