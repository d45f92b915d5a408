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

struct AnnotateOptions {
    RegistryFlags access;
    MemberFields fields;
    std::string subject;
    bool is_index = false;
};

int annotate(Context& context, const Words& words, const AnnotateOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {options.subject}), stop);
    layers::Store& store = context.store();
    ManifestList list = ManifestList::require(store, words.front());
    if (words.size() == 2 && words[1].empty())
        throw runtime::Error("invalid instance digest, image name, or artifact name \"\"");
    if (options.is_index) {
        for (const auto& [name, value] : options.fields.annotations) list.index().annotations[name] = value;
    } else if (words.size() == 2) {
        apply_fields(options.fields, list.member(store, words[1], registries));
    } else if (options.subject.empty()) {
        throw runtime::Error("expected an instance digest, image name, or artifact name")
            .with_hint("--index means the list itself");
    }
    if (!options.subject.empty()) list.index().subject = ManifestList::describe(store, options.subject, registries);
    list.save(store);
    std::cout << list.id().hex() << (words.size() == 2 ? ": " + words[1] : "") << "\n";
    return 0;
}

}  // namespace

Command manifest_annotate_command() {
    auto options = std::make_shared<AnnotateOptions>();
    Command command;
    command.name = "annotate";
    command.summary = "change annotations and platform of a manifest list or a member";
    command.usage = "[flags] LIST [DIGEST|IMAGE]";
    command.flags = member_flags(options->fields);
    command.flags.push_back(flag("index", 0, "annotate the list itself", options->is_index));
    command.flags.push_back(flag("subject", 0, "IMAGE", "subject of the list", options->subject));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return annotate(context, words, *options); };
    return command;
}

}  // namespace builder
