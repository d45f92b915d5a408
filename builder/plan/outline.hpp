// What a Containerfile offers to whoever builds it: its targets, and of one target the arguments, secrets, agents and
// caches that it takes. Descriptions are the comments that begin with the name of what stands below them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/plan/build_plan.hpp"

namespace builder {

struct Outline {
    struct Argument {
        std::string name;
        std::string description;
        std::optional<std::string> value;  ///< the default, or what was given for it
        Location location;
    };
    struct Mount {
        std::string id;
        bool is_required = false;
        Location location;
    };
    std::string target;  ///< its name; empty where it has none
    std::string description;
    std::vector<Argument> arguments;
    std::vector<Mount> secrets;
    std::vector<Mount> agents;
    std::vector<Mount> caches;
};

/// Everything in the order of the file. Throws Error for a mount that cannot be understood.
Outline make_outline(const BuildPlan& plan, const PlanRequest& request);

/// What the comment above a stage says of it.
std::string stage_description(const StagePlan& stage);

}  // namespace builder
