#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/container_flags.hpp"
#include "builder/cli/flags/image_flags.hpp"
#include "builder/commands/debug.hpp"
#include "builder/containers/container_bundle.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct BundleOptions {
    ContainerFlags container;
    ImageFlags image;
    bool terminal = false;
};

/// What the image would run, where nothing else is said.
std::vector<std::string> command_of(const WorkingContainer& container, const Words& words) {
    if (words.size() > 2) return {words.begin() + (words[2] == "--" ? 3 : 2), words.end()};
    const layers::oci::ContainerConfig& config = container.state().config.config;
    std::vector<std::string> command = config.entrypoint;
    command.insert(command.end(), config.cmd.begin(), config.cmd.end());
    if (command.empty()) command.emplace_back("/bin/sh");
    return command;
}

int bundle(Context& context, const Words& words, BundleOptions& options) {
    WorkingContainer container(context.store(), words.front());
    replay(container_flags(options.container), container.state().settings);
    complete(options.container.run.user_namespace, context);
    ContainerRun run;
    std::vector<std::string> notices;
    apply_container_flags(options.container, run, notices);
    for (const std::string& notice : notices) std::cerr << notice << "\n";
    run.settings.limits = cgroup_limits(options.container.run);
    run.settings.hostname = container.record().id.substr(0, 12);
    run.command = command_of(container, words);
    run.terminal = options.terminal;
    runtime::StopSource stop;
    write_bundle(container, run, image_finder(context, options.image, stop), words[1], stop);
    std::cout << words[1] << "/config.json\n";
    return 0;
}

}  // namespace

Command debug_bundle_command() {
    auto options = std::make_shared<BundleOptions>();
    Command command;
    command.name = "bundle";
    command.summary = "write an OCI runtime bundle for a command in a working container";
    command.usage = "[flags] CONTAINER FOLDER [--] [COMMAND [ARGUMENT…]]";
    command.flags = container_flags(options->container);
    command.flags.push_back(flag("tty", 't', "allocate a terminal", options->terminal));
    command.fewest_words = 2;
    command.most_words = 100'000;
    command.stops_at_first_word = true;
    command.run = [options](Context& context, const Words& words) { return bundle(context, words, *options); };
    return command;
}

}  // namespace builder
