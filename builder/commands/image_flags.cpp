#include "builder/commands/image_flags.hpp"

#include <algorithm>

#include "builder/build/local_images.hpp"
#include "builder/build/transfer.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "layers/oci/platform.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

Flag policy_switch(std::string name, std::string policy, std::string& target) {
    Flag result{std::move(name), 0, "", "the same as --pull=" + policy};
    result.set = [policy = std::move(policy), &target](const std::string& value) {
        if (parse_switch("pull", value)) target = policy;
    };
    result.hidden = true;
    return result;
}

}  // namespace

std::vector<Flag> image_flags(ImageFlags& flags) {
    std::vector<Flag> result = {
        flag("platform", 0, "OS/ARCH[/VARIANT]", "the platform of the image to choose", flags.platform),
        flag("os", 0, "OS", "the operating system of the image to choose", flags.os),
        flag("arch", 0, "ARCH", "the architecture of the image to choose", flags.architecture),
        flag("variant", 0, "VARIANT", "the variant of the architecture", flags.variant),
        flag("pull", 0, "POLICY", "when to fetch the image: always, missing, never or newer", flags.pull_policy),
        policy_switch("pull-always", "always", flags.pull_policy),
        policy_switch("pull-never", "never", flags.pull_policy),
        missing_flag("decryption-key", 0, "KEY", "a key for encrypted images"),
    };
    for (Flag& one : result)
        if (one.name == "pull") one.optional_value = "always";
    for (Flag& one : registry_flags(flags.access)) result.push_back(std::move(one));
    return result;
}

std::string wanted_platform(const ImageFlags& flags) {
    layers::Platform platform =
        flags.platform.empty() ? layers::host_platform() : layers::parse_known_platform(flags.platform);
    if (!flags.os.empty()) platform.os = flags.os;
    if (!flags.architecture.empty()) {
        platform.architecture = flags.architecture;
        platform.variant.clear();
    }
    if (!flags.variant.empty()) platform.variant = flags.variant;
    return layers::format_platform(layers::normalized(layers::parse_known_platform(layers::format_platform(platform))));
}

void require_asked_platform(const ImageFlags& flags, const layers::ImageRecord& image, const std::string& text) {
    if (flags.platform.empty() && flags.os.empty() && flags.architecture.empty() && flags.variant.empty()) return;
    require_platform(layers::oci::parse_image_config(image.config), wanted_platform(flags),
                     "the image " + runtime::quoted(text));
}

ImageFinder image_finder(Context& context, const ImageFlags& flags, const runtime::StopSource& stop) {
    const PullPolicy policy = parse_pull_policy(flags.pull_policy);
    auto registries = std::make_shared<std::optional<registry::Registries>>();
    return [&context, &flags, &stop, policy, registries](const std::string& text, const std::string& platform) {
        if (!*registries) {
            registry::AccessOptions access = access_options(context, flags.access, {text});
            access.observer = make_transfer_progress(flags.is_quiet);
            registries->emplace(std::move(access), stop);
        }
        return obtain_image(context.store(), text, platform, policy, **registries);
    };
}

}  // namespace builder
