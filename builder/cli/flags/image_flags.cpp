#include "builder/cli/flags/image_flags.hpp"

#include <algorithm>

#include "builder/cli/transfer_progress.hpp"
#include "builder/engine/run/build_platforms.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/transfer.hpp"
#include "layers/oci/platform.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

Flag policy_switch(std::string name, std::string policy, ImageFlags& flags) {
    Flag result{std::move(name), 0, "", "the same as --pull=" + policy};
    result.set = [policy = std::move(policy), &flags](const std::string& value) {
        if (parse_switch("pull", value)) flags.pull_policies.push_back(policy);
    };
    result.hidden = true;
    return result;
}

}  // namespace

std::vector<Flag> image_flags(ImageFlags& flags) {
    std::vector<Flag> result = {
        flag("platform", 0, "OS/ARCH[/VARIANT]", "platform of the image to use", flags.platform),
        flag("os", 0, "OS", "operating system of the image to use", flags.os),
        flag("arch", 0, "ARCH", "architecture of the image to use", flags.architecture),
        flag("variant", 0, "VARIANT", "variant of the architecture", flags.variant),
        flag("pull", 0, "POLICY", "when to pull the image: always, missing, never or newer", flags.pull_policies),
        policy_switch("pull-always", "always", flags),
        policy_switch("pull-never", "never", flags),
        decryption_flag(flags.decryption_keys),
    };
    for (Flag& one : result)
        if (one.name == "pull") one.optional_value = "always";
    for (Flag& one : registry_flags(flags.access)) result.push_back(std::move(one));
    return result;
}

std::string wanted_platform(const ImageFlags& flags) {
    if (flags.platform && (!flags.os.empty() || !flags.architecture.empty() || !flags.variant.empty()))
        throw runtime::Error(
            "building system context: invalid --platform may not be used with --os, --arch, or --variant");
    layers::Platform platform = flags.platform ? parse_platform_flag(*flags.platform) : layers::host_platform();
    if (!flags.os.empty()) platform.os = flags.os;
    if (!flags.architecture.empty()) {
        platform.architecture = flags.architecture;
        platform.variant.clear();
    }
    if (!flags.variant.empty()) platform.variant = flags.variant;
    return layers::format_platform(layers::normalized(layers::parse_known_platform(layers::format_platform(platform))));
}

void require_asked_platform(const ImageFlags& flags, const layers::ImageRecord& image, const std::string& text) {
    if (!flags.platform && flags.os.empty() && flags.architecture.empty() && flags.variant.empty()) return;
    require_platform(layers::oci::parse_image_config(image.config), wanted_platform(flags),
                     "the image " + runtime::quoted(text));
}

namespace {

/// These commands name the keys otherwise than a pull does.
std::vector<registry::CryptKey> decryption_keys_of(const std::vector<std::string>& texts) {
    try {
        return registry::parse_decryption_keys(texts);
    } catch (runtime::Error& error) {
        error.rewrite([](const std::string& text) {
            constexpr std::string_view of_pull = "decryption config";
            const std::size_t place = text.find(of_pull);
            return place == std::string::npos ? text
                                              : std::string(text).replace(place, of_pull.size(), "decrypt config");
        });
        throw;
    }
}

}  // namespace

ImageFinder image_finder(Context& context, const ImageFlags& flags, const runtime::StopSource& stop) {
    if (flags.pull_policies.size() > 1)
        throw runtime::Error("can only set one of 'pull' or 'pull-always' or 'pull-never'");
    const PullPolicy policy = parse_pull_policy(flags.pull_policies.empty() ? "missing" : flags.pull_policies.front());
    auto registries = std::make_shared<std::optional<registry::Registries>>();
    auto keys = decryption_keys_of(flags.decryption_keys);
    return [&context, &flags, &stop, policy, registries, keys = std::move(keys)](const std::string& text,
                                                                                 const std::string& platform) {
        if (!*registries) {
            registry::AccessOptions access = access_options(context, flags.access, {text});
            access.observer = make_transfer_progress(flags.is_quiet);
            registries->emplace(std::move(access), stop);
        }
        return obtain_image(context.store(), text, platform, policy, **registries, keys);
    };
}

}  // namespace builder
