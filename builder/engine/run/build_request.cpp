#include "builder/engine/run/build_request.hpp"

#include <cstdlib>

#include "builder/engine/run/build_times.hpp"
#include "layers/oci/platform.hpp"

namespace builder {

BuildImageRequest with_predefined_arguments(BuildImageRequest request) {
    auto& arguments = request.steps.build_arguments;
    if (request.source_date_epoch)
        arguments.try_emplace(epoch_argument, std::to_string(*request.source_date_epoch));
    else if (const char* const epoch = std::getenv(epoch_argument); epoch != nullptr)
        arguments.try_emplace(epoch_argument, epoch);
    for (const char* name : {"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy", "HTTP_PROXY",
                             "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})
        if (const char* value = std::getenv(name); value != nullptr && request.passes_proxies)
            arguments.try_emplace(name, value);
    const auto hostname = arguments.find("BUILDKIT_SANDBOX_HOSTNAME");
    if (hostname != arguments.end() && !hostname->second.empty()) request.steps.run.hostname = hostname->second;
    return request;
}

std::string target_platform(const BuildImageRequest& request) {
    return layers::format_platform(request.platform.empty()
                                       ? layers::host_platform()
                                       : layers::normalized(layers::parse_platform(request.platform)));
}

PlanRequest make_plan_request(const BuildImageRequest& request, const std::string& platform) {
    PlanRequest plan_request;
    plan_request.build_arguments = request.steps.build_arguments;
    plan_request.target = request.target;
    plan_request.environment = request.inheritance.environment;
    plan_request.first_base = request.first_base;
    plan_request.labels = request.labels;
    for (const auto& [name, place] : request.named_contexts)
        plan_request.named_contexts.emplace(context_name(name), parse_named_context(place));
    plan_request.target_platform = platform;
    plan_request.build_platform = layers::format_platform(layers::host_platform());
    plan_request.skip_unused_stages = request.skip_unused_stages;
    return plan_request;
}

}  // namespace builder
