#include "builder/engine/run/build_checks.hpp"

#include "builder/syntax/source_text.hpp"

namespace builder {
namespace {

/// The same text for all ways to write a platform.
std::string platform_key(const std::string& text) {
    return layers::format_platform(layers::normalized(layers::parse_platform(text)));
}

}  // namespace

BaseImageFacts facts_of(const layers::oci::ImageConfig& config) {
    BaseImageFacts facts;
    facts.platform.os = config.os;
    facts.platform.architecture = config.architecture;
    facts.platform.variant = config.variant;
    const Variables environment = Variables::from_environment(config.config.env);
    for (const auto& [name, value] : environment.all()) facts.environment[name] = value;
    return facts;
}

StageState WatchedImages::open(const std::string& reference, const std::string& platform) {
    StageState state = images_.open(reference, platform);
    const std::lock_guard lock(mutex_);
    known_[{reference, platform_key(platform)}] = facts_of(state.config);
    return state;
}

std::optional<BaseImageFacts> WatchedImages::facts(const std::string& reference, const std::string& platform) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find({reference, platform_key(platform)});
    return found == known_.end() ? std::nullopt : std::optional(found->second);
}

BuildChecks::BuildChecks(const SyntaxTree& tree, CheckInput input, WatchedImages& images, BuildObserver& observer)
    : tree_(tree), input_(std::move(input)), images_(images), observer_(observer) {
    input_.base_image = [this](const std::string& image, const layers::Platform& platform) {
        return images_.facts(image, layers::format_platform(platform));
    };
}

void BuildChecks::refuse_violations(const BuildPlan& plan, const std::string& platform) {
    if (!checks_make_errors(tree_, input_)) return;
    for (const StagePlan& stage : plan.stages)
        if (stage.is_needed && stage.base == StagePlan::Base::image)
            images_.open(stage.base_image, stage.platform.empty() ? platform : stage.platform);
    if (auto violation = check_tree(tree_, input_).violation) {
        report();
        throw *std::move(violation);
    }
}

void BuildChecks::report() {
    for (const Warning& warning : check_tree(tree_, input_).warnings)
        observer_.warning(render_warning(*tree_.source, warning));
}

}  // namespace builder
