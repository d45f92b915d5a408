#include <algorithm>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/repository_tags.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::string_view in_registry = "docker://";

void remove_names(layers::Store& store, const Words& words) {
    const layers::ImageRecord image = require_local_image(store, words.front());
    std::vector<std::string> names = words.size() > 1 ? std::vector<std::string>{} : image.names;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::vector<std::string> candidates = candidate_names(words[i]);
        const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& name) {
            return std::find(image.names.begin(), image.names.end(), name) != image.names.end();
        });
        if (known == candidates.end())
            throw Error("{} is no name of the image {}", quoted(words[i]), quoted(words.front()))
                .with_hint(fmt::format("its names are {}", fmt::join(image.names, ", ")));
        names.push_back(*known);
    }
    for (const std::string& name : names) store.images().remove_name(name);
}

/// Tags in registries, each named whole. All are looked at before the first one goes.
void remove_tags(Context& context, const Words& words, const RegistryFlags& access) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, access, words), stop);
    std::vector<registry::Reference> names;
    for (const std::string& word : words) {
        if (!word.starts_with(in_registry))
            throw Error("{} is a name in the store, and {} one in a registry", quoted(word), quoted(words.front()))
                .with_hint("untag the two by two commands");
        names.push_back(name_in_registries(word, registries));
        if (!names.back().tag() || names.back().digest())
            throw Error("{} names no tag", quoted(word)).with_hint("write it as docker://NAME:TAG");
    }
    for (const registry::Reference& name : names) remove_tag(name, registries);
}

}  // namespace

Command untag_command() {
    auto access = std::make_shared<RegistryFlags>();
    Command command;
    command.name = "untag";
    command.group = "Images";
    command.summary = "remove names from an image, which stays; or tags in a registry";
    command.usage = "[flags] IMAGE [NAME…] | docker://NAME:TAG…";
    command.flags = registry_flags(*access);
    command.fewest_words = 1;
    command.most_words = 10'000;
    command.run = [access](Context& context, const Words& words) {
        if (words.front().starts_with(in_registry))
            remove_tags(context, words, *access);
        else
            remove_names(context.store(), words);
        return 0;
    };
    return command;
}

}  // namespace builder
