// What a build reads before it can plan: the Containerfile and the context.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "builder/engine/run/build_request.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/syntax/checks.hpp"

namespace builder {

struct BuildInputs {
    ContextFiles files;
    std::shared_ptr<const SourceText> containerfile;
    BuildContext context;
};

/// Brings the context of a request here and reads its Containerfile. `notice` may be missing. Throws Error.
BuildInputs open_inputs(SourceFetcher& fetcher, const BuildImageRequest& request,
                        const std::function<void(std::string_view)>& notice);

/// For the record of the build.
BuildSubject subject_of(const BuildImageRequest& request, const BuildInputs& inputs, const std::string& platform);

/// What the checks know, but for the base images. The context outlives it.
CheckInput make_check_input(const BuildImageRequest& request, const std::string& platform, const BuildContext& context,
                            std::vector<Warning> parser_warnings);

}  // namespace builder
