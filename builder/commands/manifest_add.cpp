#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/member_flags.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/manifest_list.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct AddOptions {
    RegistryFlags access;
    MemberFields fields;
    ArtifactRequest artifact;
    bool is_artifact = false;
    bool all = false;
};

/// They say something of files, and so mean nothing where an image is added.
void refuse_flags_of_artifacts(const AddOptions& options) {
    if (options.is_artifact) return;
    const ArtifactRequest& artifact = options.artifact;
    const std::vector<std::pair<bool, const char*>> given = {{!artifact.artifact_type.empty(), "--artifact-type"},
                                                             {!artifact.config_file.empty(), "--artifact-config"},
                                                             {!artifact.config_type.empty(), "--artifact-config-type"},
                                                             {!artifact.layer_type.empty(), "--artifact-layer-type"},
                                                             {artifact.without_titles, "--artifact-exclude-titles"},
                                                             {!artifact.subject.empty(), "--artifact-subject"},
                                                             {!artifact.annotations.empty(), "--artifact-annotation"}};
    std::string names;
    std::size_t count = 0;
    for (const auto& [is_given, name] : given)
        if (is_given) names += (count++ > 0 ? "/" : "") + std::string(name);
    if (count > 0) throw runtime::Error("{} require{} --artifact", names, count > 1 ? "" : "s");
}

int add(Context& context, const Words& words, AddOptions options) {
    refuse_flags_of_artifacts(options);
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    std::vector<std::string> places(words.begin() + 1, words.end());
    if (options.is_artifact) places = {options.artifact.subject};
    registry::Registries registries(access_options(context, options.access, places), stop);
    layers::Store& store = context.store();
    ManifestList list = ManifestList::require(store, words.front());
    std::vector<layers::Digest> added;
    if (options.is_artifact) {
        options.artifact.files.assign(words.begin() + 1, words.end());
        added = {list.add_artifact(store, options.artifact, options.fields, registries)};
    } else {
        if (words.size() != 2) throw runtime::Error("one image is added at a time; --artifact adds files");
        added = list.add_image(store, words[1], options.all, options.fields, registries);
    }
    list.save(store);
    for (const layers::Digest& digest : added) std::cout << list.id().hex() << ": " << digest.text() << "\n";
    return 0;
}

}  // namespace

Command manifest_add_command() {
    auto options = std::make_shared<AddOptions>();
    Command command;
    command.name = "add";
    command.summary = "add an image or an artifact to a manifest list";
    command.usage = "[flags] LIST IMAGE|FILE...";
    command.flags = {
        flag("all", 0, "add all images of a manifest list", options->all),
        flag("artifact", 0, "add files as an artifact", options->is_artifact),
        flag("artifact-annotation", 0, "NAME=VALUE", "add an annotation to the artifact",
             options->artifact.annotations),
        flag("artifact-config", 0, "FILE", "file with the artifact's configuration", options->artifact.config_file),
        flag("artifact-config-type", 0, "TYPE", "media type of the configuration", options->artifact.config_type),
        flag("artifact-exclude-titles", 0, "omit the title annotations of the files", options->artifact.without_titles),
        flag("artifact-layer-type", 0, "TYPE", "media type of the files", options->artifact.layer_type),
        flag("artifact-subject", 0, "IMAGE", "subject of the artifact", options->artifact.subject),
        flag("artifact-type", 0, "TYPE", "artifact type", options->artifact.artifact_type)};
    for (Flag& entry : member_flags(options->fields)) command.flags.push_back(std::move(entry));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 2;
    command.most_words = 1000;
    command.run = [options](Context& context, const Words& words) { return add(context, words, *options); };
    return command;
}

}  // namespace builder
