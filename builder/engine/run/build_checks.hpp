// The checks of a Containerfile within a build: with what the build knows of its base images and its context.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/run/executor.hpp"
#include "builder/syntax/checks.hpp"

namespace builder {

/// Base images, with a memory of those that were opened.
class WatchedImages final : public BaseImages {
public:
    explicit WatchedImages(BaseImages& images) : images_(images) {}
    StageState open(const std::string& reference, const std::string& platform) override;
    /// What the checks want to know of an image; nothing where it was not opened.
    std::optional<BaseImageFacts> facts(const std::string& reference, const std::string& platform) const;

private:
    BaseImages& images_;
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, BaseImageFacts> known_;
};

class BuildChecks {
public:
    /// All that is given here outlives it. `input` has no base images yet.
    BuildChecks(const SyntaxTree& tree, CheckInput input, WatchedImages& images, BuildObserver& observer);

    /// Before the first step: where the file wants its warnings to be errors, this fetches its base images, and throws
    /// Error when there is a warning.
    void refuse_violations(const BuildPlan& plan, const std::string& platform);
    /// After the last step, or the one that failed: tells the observer what was found.
    void report();

private:
    const SyntaxTree& tree_;
    CheckInput input_;
    WatchedImages& images_;
    BuildObserver& observer_;
};

/// What the checks want to know out of an image's configuration.
BaseImageFacts facts_of(const layers::oci::ImageConfig& config);

}  // namespace builder
