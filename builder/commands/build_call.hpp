// Questions about a build that build nothing: what `build --check` and `build --call` answer.
#pragma once

#include <string>

#include "builder/cli/command_context.hpp"
#include "builder/engine/run/build_image.hpp"

namespace builder {

struct BuildCall {
    enum class Method { build, check, outline, targets };
    Method method = Method::build;
    bool is_json = false;
    bool ignores_status = false;  ///< warnings do not fail it
};

/// "outline,format=json". Throws Error for what is not known.
BuildCall parse_build_call(const std::string& text);

struct BuildAnswer {
    std::string text;
    int exit_code = 0;  ///< 1 where a check has found something
};

/// Answers from the Containerfile, the context's ignore file, and the base images that the store has already;
/// where no image is asked about, no store is opened.
BuildAnswer answer_build_call(Context& context, const BuildImageRequest& given, const BuildCall& call);

}  // namespace builder
