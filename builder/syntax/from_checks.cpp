#include "builder/syntax/checker.hpp"
#include "builder/syntax/suggest.hpp"
#include "registry/reference.hpp"

namespace builder {

using layers::Platform;

void Checker::check(const FromInstruction& from) {
    check_stage_name(from);
    check_platform_flag(from);
    check_from_arguments(from);
    if (!from.stage_name.empty()) check_description({from.stage_name});
    enter_stage(from);
}

void Checker::check_stage_name(const FromInstruction& from) {
    if (from.stage_name.empty()) return;
    if (!is_lower_case(from.written_stage_name))
        warn("StageNameCasing", fmt::format("Stage name '{}' should be lowercase", from.written_stage_name));
    const std::string& keyword = current_->written_keyword;
    const bool differs = (is_lower_case(keyword) && !is_lower_case(from.as_keyword)) ||
                         (is_upper_case(keyword) && !is_upper_case(from.as_keyword));
    if (differs)
        warn("FromAsCasing", fmt::format("'{}' and '{}' keywords' casing do not match", from.as_keyword, keyword));
    if (from.stage_name == "scratch" || from.stage_name == "context")
        warn("ReservedStageName",
             fmt::format("Stage name should not use the same name as reserved stage \"{}\"", from.stage_name));
    if (!stage_names_.insert(from.stage_name).second)
        warn("DuplicateStageName",
             fmt::format("Duplicate stage name \"{}\", stage names should be unique", from.stage_name));
}

void Checker::check_platform_flag(const FromInstruction& from) {
    if (from.platform.empty()) return;
    const Expansion platform = expand_globally(from.platform, global_);
    const bool is_constant = platform.use.found.empty() && platform.use.unset.empty();
    if (is_constant) {
        try {
            const Platform parsed = layers::parse_platform(platform.word, build_platform_);
            const bool is_named = from.stage_name.find(parsed.os) != std::string::npos ||
                                  from.stage_name.find(parsed.architecture) != std::string::npos;
            if (!is_named)
                warn("FromPlatformFlagConstDisallowed",
                     fmt::format("FROM --platform flag should not use constant value \"{}\"", platform.word));
        } catch (const runtime::Error&) {
            return;
        }
    }
    const bool asks_for_default = platform.use.found.size() == 1 && platform.use.unset.empty() &&
                                  platform.use.found.contains("TARGETPLATFORM") &&
                                  platform.word == global_["TARGETPLATFORM"];
    if (asks_for_default)
        warn("RedundantTargetPlatform",
             fmt::format("Setting platform to predefined {} in FROM is redundant as this is the default behavior",
                         from.platform));
}

void Checker::check_from_arguments(const FromInstruction& from) {
    std::set<std::string, std::less<>> unset = expand_globally(from.image, global_).use.unset;
    unset.merge(expand_globally(from.platform, global_).use.unset);
    const std::vector<std::string_view> declared(global_declared_.begin(), global_declared_.end());
    for (const std::string& name : unset) {
        if (global_declared_.contains(name)) continue;
        const std::string nearest = nearest_name(name, declared);
        warn("UndefinedArgInFrom", fmt::format("FROM argument '{}' is not declared{}", name,
                                               nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest)));
    }
    const Expansion image = expand_globally(from.image, global_defaults_);
    if (image.use.found.empty() && image.use.unset.empty()) return;
    try {
        registry::Reference::parse(image.word);
    } catch (const runtime::Error&) {
        warn("InvalidDefaultArgInFrom",
             fmt::format("Default value for ARG {} results in empty or invalid base image name", from.image));
    }
}

/// The platform that the base is wanted for; nothing where the plan refuses it.
std::optional<Platform> Checker::platform_of(const FromInstruction& from) const {
    try {
        const std::string platform = expand_globally(from.platform, global_).word;
        return platform.empty() ? target_platform_ : layers::parse_platform(platform, build_platform_);
    } catch (const runtime::Error&) {
        return std::nullopt;
    }
}

void Checker::check_base_platform(const std::string& image, const Platform& expected, const Platform& actual) {
    if (actual.os == expected.os && actual.architecture == expected.architecture) return;
    warn("InvalidBaseImagePlatform",
         fmt::format("Base image {} was pulled with platform \"{}\", expected \"{}\" for current build", image,
                     layers::format_platform(actual), layers::format_platform(expected)));
}

/// Starts with what the base brings along: another stage, an image, or nothing.
void Checker::enter_stage(const FromInstruction& from) {
    if (is_in_stage_ && !stage_name_.empty()) finished_stages_[stage_name_] = stage_;
    const std::string image = expand_globally(from.image, global_).word;
    stage_ = {};
    if (const auto base = finished_stages_.find(to_lower(image)); base != finished_stages_.end()) {
        stage_ = base->second;
        // Variables are inherited, ARGs too; what may stand once a stage is counted anew.
        stage_.once.clear();
    } else if (image == "scratch") {
        stage_.has_known_base = true;
    } else if (const auto platform = platform_of(from); platform && input_.base_image) {
        if (const auto facts = input_.base_image(image, *platform)) {
            stage_.has_known_base = true;
            stage_.variables = facts->environment;
            check_base_platform(image, *platform, facts->platform);
        }
    }
    is_in_stage_ = true;
    stage_name_ = from.stage_name;
}

}  // namespace builder
