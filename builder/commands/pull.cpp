#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/engine/run/build_platforms.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/place_names.hpp"
#include "builder/images/repository_tags.hpp"
#include "builder/images/transfer.hpp"
#include "layers/oci/platform.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct PullOptions {
    std::optional<std::string> platform;
    std::string policy = "missing";
    std::string os;
    std::string architecture;
    std::string variant;
    bool all_tags = false;
    bool quiet = false;
    bool removes_signatures = false;
    RegistryFlags access;
    std::vector<std::string> decryption_keys;
};

/// --platform, or what --os, --arch and --variant say in place of this machine's.
std::string wanted_platform(const PullOptions& options) {
    if (options.platform && (!options.os.empty() || !options.architecture.empty() || !options.variant.empty()))
        throw runtime::Error(
            "building system context: invalid --platform may not be used with --os, --arch, or --variant");
    layers::Platform platform = options.platform ? parse_platform_flag(*options.platform) : layers::host_platform();
    if (!options.os.empty()) platform.os = options.os;
    if (!options.architecture.empty()) {
        platform.architecture = options.architecture;
        platform.variant.clear();
    }
    if (!options.variant.empty()) platform.variant = options.variant;
    return layers::format_platform(layers::normalized(layers::parse_known_platform(layers::format_platform(platform))));
}

bool asks_for_platform(const PullOptions& options) {
    return options.platform.has_value() || !options.os.empty() || !options.architecture.empty() ||
           !options.variant.empty();
}

/// Every tag of the repository. Prints the ID of each image.
void pull_all_tags(layers::Store& store, const std::string& text, const std::string& platform,
                   registry::Registries& registries) {
    const auto location = registry::parse_image_location(text);
    if (location && location->transport != registry::Transport::registry)
        throw runtime::Error("pulling all tags is not supported for {}: only registries have tags",
                             runtime::quoted(text));
    const std::string name = location ? location->name : text;
    const registry::Reference plain = registry::Reference::parse_plain(name);
    if (plain.tag() || plain.digest())
        throw runtime::Error("--all-tags takes a name without a tag, not {}", runtime::quoted(text));
    const registry::Reference repository = repository_of(name, registries);
    for (const std::string& tag : tags_of(repository, registries)) {
        const std::string whole = "docker://" + repository.with_tag(tag).text();
        std::cout << obtain_image(store, whole, platform, PullPolicy::always, registries).id.hex() << "\n";
    }
}

/// Fewer words than --pull of other commands knows.
PullPolicy parse_policy(const std::string& text) {
    if (text != "missing" && text != "always" && text != "never" && text != "ifnewer")
        throw runtime::Error("unsupported pull policy \"{}\"", text)
            .with_hint("--policy takes always, missing, never or ifnewer");
    return parse_pull_policy(text, "--policy");
}

int pull(Context& context, const Words& words, const PullOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::AccessOptions access = access_options(context, options.access, {words.front()});
    access.observer = make_transfer_progress(options.quiet);
    registry::Registries registries(std::move(access), stop);
    const std::string platform = wanted_platform(options);
    if (options.all_tags) {
        pull_all_tags(context.store(), words.front(), platform, registries);
        return 0;
    }
    const PullPolicy policy = parse_policy(options.policy);
    const auto keys = registry::parse_decryption_keys(options.decryption_keys);
    const layers::ImageRecord image = obtain_image(context.store(), words.front(), platform, policy, registries, keys);
    if (asks_for_platform(options))
        require_platform(layers::oci::parse_image_config(image.config), platform,
                         "the image " + runtime::quoted(words.front()));
    give_free_names(context.store(), image, names_at_place(words.front()));
    std::cout << image.id.hex() << "\n";
    return 0;
}

}  // namespace

Command pull_command() {
    auto options = std::make_shared<PullOptions>();
    Command command;
    command.name = "pull";
    command.group = "Images";
    command.summary = "pull an image into local storage";
    command.usage = "[flags] IMAGE";
    command.flags = {flag("platform", 0, "OS/ARCH", "platform of the image to pull", options->platform),
                     flag("os", 0, "OS", "operating system of the image to pull", options->os),
                     flag("arch", 0, "ARCH", "architecture of the image to pull", options->architecture),
                     flag("variant", 0, "VARIANT", "variant of the architecture", options->variant),
                     flag("policy", 0, "POLICY", "pull policy: always, missing, never or ifnewer", options->policy),
                     flag("all-tags", 'a', "pull all tags of the repository", options->all_tags),
                     flag("remove-signatures", 0, "accepted for compatibility; signatures are never copied",
                          options->removes_signatures),
                     decryption_flag(options->decryption_keys),
                     flag("quiet", 'q', "print only the image ID", options->quiet)};
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return pull(context, words, *options); };
    return command;
}

}  // namespace builder
