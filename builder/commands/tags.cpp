#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/repository_tags.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct TagsOptions {
    bool json = false;
    RegistryFlags access;
};

int show_tags(Context& context, const std::string& name, const TagsOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {name}), stop);
    const registry::Reference repository = repository_of(name, registries);
    const std::vector<std::string> tags = tags_of(repository, registries);
    if (options.json) {
        const nlohmann::json document = {{"repository", repository.name()}, {"tags", tags}};
        std::cout << runtime::harmless_json(document.dump(4, ' ', false, nlohmann::json::error_handler_t::replace))
                  << "\n";
    } else {
        for (const std::string& tag : tags) std::cout << one_line(tag) << "\n";
    }
    return 0;
}

}  // namespace

Command tags_command() {
    auto options = std::make_shared<TagsOptions>();
    Command command;
    command.name = "tags";
    command.group = "Registries";
    command.summary = "list the tags of a repository in a registry";
    command.usage = "[flags] NAME";
    command.flags = {flag("json", 0, "print JSON", options->json)};
    for (Flag& one : registry_flags(options->access)) command.flags.push_back(std::move(one));
    command.fewest_words = command.most_words = 1;
    command.uses_store = false;
    command.run = [options](Context& context, const Words& words) {
        return show_tags(context, words.front(), *options);
    };
    return command;
}

}  // namespace builder
