#include "builder/engine/run/named_images.hpp"

#include <set>

#include "builder/engine/run/remote_cache.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/transfer.hpp"
#include "registry/transport/location.hpp"

namespace builder {
namespace {

std::set<std::string> images_of(const BuildPlan& plan) {
    std::set<std::string> images;
    for (const StagePlan& stage : plan.stages) {
        if (!stage.is_needed) continue;
        if (stage.base == StagePlan::Base::image) images.insert(stage.base_image);
        images.insert(stage.images.begin(), stage.images.end());
    }
    for (const auto& [name, context] : plan.contexts)
        if (context.kind == ContextLocation::Kind::image) images.insert(context.text);
    return images;
}

/// Those that an image's name of its own says nothing about: what is here is not fetched.
bool is_here(layers::Store& store, const std::string& name, PullPolicy policy) {
    const bool may_stay = policy == PullPolicy::missing || policy == PullPolicy::never;
    return name == "scratch" || (may_stay && !registry::parse_image_location(name) && find_local_image(store, name));
}

}  // namespace

void add_named_images(registry::AccessOptions& access, layers::Store& store, const BuildPlan& plan,
                      const BuildImageRequest& request) {
    if (access.credentials.empty() && access.certificate_folder.empty()) return;
    const PullPolicy policy = parse_pull_policy(request.pull_policy);
    std::set<std::string> images = images_of(plan);
    if (request.sbom.is_wanted()) images.insert(request.sbom.scanner_image);
    for (const std::string& image : images)
        if (!is_here(store, image, policy)) access.credentials_for.push_back(image);
    for (const auto* caches : {&request.cache_from, &request.cache_to})
        for (const std::string& cache : *caches) access.credentials_for.push_back(parse_cache_place(cache));
}

}  // namespace builder
