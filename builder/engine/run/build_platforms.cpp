#include "builder/engine/run/build_platforms.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "builder/engine/run/build_inputs.hpp"
#include "builder/engine/run/named_images.hpp"
#include "builder/images/export_files.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/syntax/parser.hpp"
#include "layers/oci/index.hpp"
#include "layers/oci/platform.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

void add_once(std::vector<std::string>& platforms, const std::string& platform) {
    if (std::find(platforms.begin(), platforms.end(), platform) == platforms.end()) platforms.push_back(platform);
}

std::string name_of(const std::string& os, const std::string& architecture, const std::string& variant) {
    return layers::format_platform(layers::normalized({os, architecture, variant, {}, {}}));
}

/// What is no image has no platform, or an unknown one: attestations, for one.
std::vector<std::string> platforms_of(const oci::Index& index) {
    std::vector<std::string> platforms;
    for (const oci::Descriptor& member : index.manifests)
        if (member.platform && member.platform->os != "unknown" && !member.platform->os.empty())
            add_once(platforms, name_of(member.platform->os, member.platform->architecture, member.platform->variant));
    return platforms;
}

std::string platform_of_config(const std::string& text) {
    const oci::ImageConfig config = oci::parse_image_config(text);
    return name_of(config.os, config.architecture, config.variant);
}

/// The store has an image for one platform at a time; what others there are, the place it came from knows.
std::vector<std::string> platforms_of_image(layers::Store& store, const std::string& text,
                                            registry::Registries& registries) {
    const bool is_place = registry::parse_image_location(text).has_value();
    if (auto list = is_place ? std::nullopt : ManifestList::find(store, text)) return platforms_of(list->index());
    const auto local = is_place ? std::nullopt : find_local_image(store, text);
    if (local && (local->names.empty() || local->names.front().starts_with("localhost/")))
        return {platform_of_config(local->config)};
    try {
        const auto source = open_source(text, registries);
        const registry::RawManifest top = source->manifest();
        if (top.is_index()) return platforms_of(oci::parse_index(top.text, top.media_type));
        return {platform_of_config(registry::read_config(*source, oci::parse_manifest(top.text, top.media_type)))};
    } catch (const Error&) {
        if (!local) throw;
        return {platform_of_config(local->config)};
    }
}

std::set<std::string> base_images(const BuildPlan& plan) {
    std::set<std::string> images;
    for (const StagePlan& stage : plan.stages)
        if (stage.is_needed && stage.base == StagePlan::Base::image && stage.platform.empty())
            images.insert(stage.base_image);
    return images;
}

}  // namespace

layers::Platform parse_platform_flag(const std::string& text) {
    if (text.empty()) throw Error("building system context: unable to parse --platform value []");
    try {
        return layers::parse_known_platform(text);
    } catch (const Error& reason) {
        const bool is_too_long = std::count(text.begin(), text.end(), '/') > 2;
        Error error(
            "building system context: invalid platform syntax for --platform=\"{0}\": \"{0}\": {1}: invalid argument",
            text, is_too_long ? "cannot parse platform specifier" : "unknown operating system or architecture");
        throw error.with_hint(reason.message()).with_hint(reason.hint());
    }
}

std::vector<std::string> parse_platforms(const std::vector<std::string>& texts) {
    std::vector<std::string> platforms;
    for (const std::string& text : texts)
        for (const std::string_view one : runtime::split(text, ','))
            add_once(platforms, layers::format_platform(layers::normalized(
                                    one == "local" ? layers::host_platform() : parse_platform_flag(std::string(one)))));
    return platforms;
}

std::vector<std::string> platforms_of_bases(layers::Store& store, const BuildImageRequest& given,
                                            const runtime::StopSource& stop) {
    const BuildImageRequest request = with_predefined_arguments(given);
    SourceFetcher fetcher([&store]() -> layers::Store& { return store; }, request.steps.secrets,
                          request.steps.ssh_agents, stop);
    fetcher.set_access(registry::download_access(request.access));
    const BuildInputs inputs = open_inputs(fetcher, request, nullptr);
    const BuildPlan plan = make_plan(parse_containerfile(inputs.containerfile, nullptr),
                                     make_plan_request(request, target_platform(request)));
    const std::set<std::string> images = base_images(plan);
    if (images.empty()) return {target_platform(request)};
    registry::AccessOptions access = request.access;
    add_named_images(access, store, plan, request);
    registry::Registries registries(std::move(access), stop);
    std::optional<std::vector<std::string>> shared;
    for (const std::string& image : images) {
        const std::vector<std::string> platforms = platforms_of_image(store, image, registries);
        if (!shared) shared = platforms;
        std::erase_if(*shared, [&](const std::string& one) {
            return std::find(platforms.begin(), platforms.end(), one) == platforms.end();
        });
    }
    if (shared->empty())
        throw Error("the base images have no platform in common: {}", fmt::join(images, ", "))
            .with_hint("name the platforms with --platform");
    return *std::move(shared);
}

RewindableInput::RewindableInput(const BuildImageRequest& request, layers::Store& store)
    : is_read_(request.context == "-" ||
               std::find(request.files.begin(), request.files.end(), "-") != request.files.end()) {
    if (!is_read_) return;
    const std::string path = store.staging().new_path();
    runtime::FileSink kept(runtime::open_path(path, O_RDWR | O_CREAT | O_EXCL, 0600), path);
    ::unlink(path.c_str());
    runtime::FileSource input(runtime::Fd(::dup(STDIN_FILENO)), "standard input");
    runtime::copy_all(input, kept);
    if (::dup2(kept.file().get(), STDIN_FILENO) < 0) throw runtime::SystemError("cannot keep standard input");
}

void RewindableInput::rewind() const {
    if (is_read_ && ::lseek(STDIN_FILENO, 0, SEEK_SET) != 0)
        throw runtime::SystemError("cannot read standard input again");
}

BuildImageRequest request_for_platform(const BuildImageRequest& request, const std::string& platform) {
    BuildImageRequest one = request;
    one.platform = platform;
    one.destinations.clear();
    one.outputs.clear();
    one.sign_by.clear();
    std::string folder = platform;
    std::replace(folder.begin(), folder.end(), '/', '_');
    for (const ExportSpec& spec : parse_exports(request.outputs)) {
        if (spec.as_tar)
            throw Error("--output {}: one archive cannot hold several platforms", quoted(spec.destination))
                .with_hint("write folders: type=local,dest=FOLDER");
        one.outputs.push_back("type=local,dest=" + spec.destination + "/" + folder);
    }
    return one;
}

}  // namespace builder
