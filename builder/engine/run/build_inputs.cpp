#include "builder/engine/run/build_inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "builder/plan/context_location.hpp"
#include "layers/oci/platform.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

}  // namespace

BuildSubject subject_of(const BuildImageRequest& request, const BuildInputs& inputs, const std::string& platform) {
    std::string context = registry::without_user(request.context);
    std::error_code unknown;
    if (std::filesystem::is_directory(context, unknown))
        context = std::filesystem::weakly_canonical(context, unknown).string();
    return {registry::without_user(inputs.containerfile->name()), context, request.target, platform};
}

CheckInput make_check_input(const BuildImageRequest& request, const std::string& platform, const BuildContext& context,
                            std::vector<Warning> parser_warnings) {
    CheckInput input;
    input.build_arguments = request.steps.build_arguments;
    input.target_platform = layers::parse_platform(platform);
    input.ignore = context.ignore.get();
    input.parser_warnings = std::move(parser_warnings);
    return input;
}

BuildInputs open_inputs(SourceFetcher& fetcher, const BuildImageRequest& request,
                        const std::function<void(std::string_view)>& notice) {
    const ContextLocation location = parse_main_context(request.context);
    const bool reads_file_from_input =
        std::find(request.files.begin(), request.files.end(), "-") != request.files.end();
    if (location.kind == ContextLocation::Kind::standard_input && reads_file_from_input)
        throw Error("standard input cannot be both the context and the Containerfile")
            .with_hint("for a Containerfile without a context give only one of the two");
    if (location.kind == ContextLocation::Kind::stage || location.kind == ContextLocation::Kind::image)
        throw Error("the image {} cannot be the context", quoted(request.context))
            .with_hint("name it with --build-context, and copy from it with --from");
    ContextOptions options;
    const auto keep = request.steps.build_arguments.find("BUILDKIT_CONTEXT_KEEP_GIT_DIR");
    options.keeps_git_folder =
        keep != request.steps.build_arguments.end() && (keep->second == "1" || keep->second == "true");
    BuildInputs inputs{open_context_files(fetcher, location, options), nullptr, {}};
    if (inputs.files.containerfile && !request.files.empty())
        throw Error("what {} gives is no archive, so that there is no context to find {} in",
                    location.kind == ContextLocation::Kind::http ? quoted(request.context) : "standard input",
                    quoted(request.files.front()))
            .with_hint("leave -f out if it is the Containerfile");
    inputs.files.default_file = request.default_file;
    const auto fetch = [&fetcher](const std::string& url) {
        return runtime::read_file(fetcher.fetch_file(url).path, containerfile_limit_bytes);
    };
    inputs.containerfile =
        load_containerfile(request.files, inputs.files, {request.cpp_flags, notice, fetch}, &fetcher.stop());
    inputs.context = open_context(inputs.files, request.ignore_file, inputs.containerfile->name(), &fetcher.stop());
    return inputs;
}

}  // namespace builder
