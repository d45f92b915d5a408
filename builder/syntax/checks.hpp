// The checks: what is allowed in a Containerfile, but better written in another way.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/check_rules.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "builder/syntax/syntax_tree.hpp"
#include "builder/syntax/warning.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// What the checks have to know of a base image.
struct BaseImageFacts {
    layers::Platform platform;
    std::map<std::string, std::string> environment;
};

/// What the checks know beside the file. Where something is left out, the checks that need it do not run.
struct CheckInput {
    std::map<std::string, std::string> build_arguments;
    std::optional<layers::Platform> build_platform;   ///< this machine's, where it is left out
    std::optional<layers::Platform> target_platform;  ///< the build platform, where it is left out
    const IgnoreMatcher* ignore = nullptr;            ///< of the main context
    /// What is known of an image that is wanted for a platform.
    std::function<std::optional<BaseImageFacts>(const std::string& image, const layers::Platform& platform)> base_image;
    std::vector<Warning> parser_warnings;  ///< from parse_containerfile; they obey the same options
};

struct CheckReport {
    std::vector<Warning> warnings;            ///< in the order of the file
    std::optional<runtime::Error> violation;  ///< where the options turn warnings into an error
};

/// Whether the options of the tree or of the input turn warnings into an error.
bool checks_make_errors(const SyntaxTree& tree, const CheckInput& input);

/// Runs all checks over a tree. The options come from the build argument BUILDKIT_DOCKERFILE_CHECK, else from the
/// directive `# check=`; a comment `# check=skip=RULE` in front of an instruction counts for that one. Throws Error for
/// wrong options.
CheckReport check_tree(const SyntaxTree& tree, const CheckInput& input);

/// The text and place of a warning as main prints it; ends with a newline.
std::string render_warning(const SourceText& source, const Warning& warning);

}  // namespace builder
