// The plan: stages and what they need from each other, as plain data.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "builder/plan/context_location.hpp"
#include "builder/plan/variables.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// What the user asked for, as far as the plan depends on it.
struct PlanRequest {
    std::map<std::string, std::string> build_arguments;
    std::string target;  ///< a stage's name or number; empty is the last one
    /// --build-context: what stands in for stages and images, by context_name().
    std::map<std::string, ContextLocation> named_contexts;
    std::string target_platform;  ///< "linux/amd64"
    std::string build_platform;
    bool skip_unused_stages = true;
    std::vector<std::string> environment = {};       ///< NAME=VALUE: set in each stage before its first instruction
    std::string first_base = {};                     ///< stands for the image of the first FROM; empty: that is taken
    std::map<std::string, std::string> labels = {};  ///< set by a step behind the last one of the target
};

struct StagePlan {
    enum class Base { scratch, stage, image, context };

    std::size_t index = 0;
    std::string name;  ///< lower case, or empty
    const Instruction* from = nullptr;
    Base base = Base::scratch;
    std::size_t base_stage = 0;
    std::string base_image;  ///< expanded: a reference with or without a transport
    std::string context;     ///< the name of the context that this stage starts with, in the form of context_name()
    std::string platform;    ///< of FROM --platform, expanded; empty is the target platform
    std::vector<const Instruction*> instructions;  ///< without the FROM
    std::set<std::string> images;                  ///< others that steps read, as far as the plan can tell
    std::set<std::size_t> needs;                   ///< other stages that must be complete for some step
    std::set<std::size_t> starts_after;            ///< those of them that must be complete before the first one
    bool is_needed = false;                        ///< for the target

    /// The name for people: "build", or "0".
    std::string label() const { return name.empty() ? std::to_string(index) : name; }
};

struct BuildPlan {
    SyntaxTree tree;
    /// Steps that stand for flags. They are placed at the FROM of their stage.
    std::vector<std::unique_ptr<const Instruction>> added;
    Variables global_arguments;  ///< ARGs before the first FROM, and the platform arguments
    std::vector<StagePlan> stages;
    std::size_t target = 0;
    /// What else stages read, by context_name(); those that are stages themselves are not in it.
    std::map<std::string, ContextLocation> contexts;
    std::map<std::string, std::size_t> context_stages;  ///< --build-context NAME=target:STAGE
};

/// Makes the plan. Throws Error with the place for an unknown target, a stage that comes later, a bad variable.
/// The plan's pointers point into its own tree, so it is moved, never copied.
BuildPlan make_plan(SyntaxTree tree, const PlanRequest& request);

/// The stage that a --from of a stage names: that which a context stands for, or an earlier one, as below. Nothing
/// where it is another context or an image.
std::optional<std::size_t> find_source_stage(const BuildPlan& plan, const std::string& name, std::size_t current);

/// The stage that a --from names: an earlier one by name or number. Throws Error where a later or the same one is
/// meant. Nothing where the name is no stage, so that it is an image.
std::optional<std::size_t> find_stage(const std::vector<StagePlan>& stages, const std::string& name,
                                      std::size_t current);

/// The names of given build arguments that no ARG declares and that mean nothing by themselves.
std::vector<std::string> find_unused_arguments(const BuildPlan& plan, const std::map<std::string, std::string>& given);

}  // namespace builder
