#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/build/manifest_list.hpp"
#include "builder/build/transfer.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

int inspect_manifest(Context& context, const Words& words, const RegistryFlags& access) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    std::string text;
    if (auto list = ManifestList::find(context.store(), words.front())) {
        text = layers::oci::write_index(list->index());
    } else {
        registry::Registries registries(access_options(context, access), stop);
        text = open_source(words.front(), registries)->manifest().text;
    }
    std::cout << runtime::parse_json(text, "the manifest").dump(4) << "\n";
    return 0;
}

}  // namespace

Command manifest_inspect_command() {
    auto access = std::make_shared<RegistryFlags>();
    Command command;
    command.name = "inspect";
    command.summary = "print a manifest list, or the manifest of an image elsewhere";
    command.usage = "[flags] LIST|IMAGE";
    command.flags = registry_flags(*access);
    command.fewest_words = command.most_words = 1;
    command.run = [access](Context& context, const Words& words) { return inspect_manifest(context, words, *access); };
    return command;
}

}  // namespace builder
