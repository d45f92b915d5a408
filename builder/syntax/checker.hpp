// The walk that runs the checks; used by checks.cpp, which has the checks within a stage, and from_checks.cpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/checks.hpp"
#include "builder/syntax/expand.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {

using Variables = std::map<std::string, std::string>;

inline bool is_lower_case(std::string_view text) {
    return to_lower(text) == text;
}
inline bool is_upper_case(std::string_view text) {
    return to_upper(text) == text;
}

/// What is known within a stage while the checks walk through it.
struct CheckedStage {
    bool has_known_base = false;  ///< its environment is known
    bool has_shell = false;
    bool has_workdir = false;
    Variables variables;                          ///< ENV and ARG with their values
    std::set<std::string, std::less<>> declared;  ///< ARGs, with value or without
    std::map<std::string, Location> once;         ///< CMD, ENTRYPOINT, HEALTHCHECK: where the last one stands
};

class Checker {
public:
    Checker(const SyntaxTree& tree, const CheckInput& input);
    CheckReport run();
    bool makes_errors() const noexcept { return options_.makes_errors; }

private:
    void read_options();
    void set_platform_arguments();
    CheckReport report();
    void warn(std::string_view rule, const Location& location, std::string message);
    void warn(std::string_view rule, std::string message) { warn(rule, current_->location, std::move(message)); }
    std::string expand_in_stage(std::string_view text);
    Expansion expand_globally(std::string_view text, const Variables& variables) const;

    void check_casing();
    void check(const FromInstruction& from);
    void check_stage_name(const FromInstruction& from);
    void check_platform_flag(const FromInstruction& from);
    void check_from_arguments(const FromInstruction& from);
    std::optional<layers::Platform> platform_of(const FromInstruction& from) const;
    void check_base_platform(const std::string& image, const layers::Platform& expected,
                             const layers::Platform& actual);
    void enter_stage(const FromInstruction& from);
    void check(const RunInstruction&) {}
    void check(const CopyInstruction& copy);
    void check(const EnvInstruction& env);
    void check(const LabelInstruction& label);
    void check(const ArgInstruction& arg);
    void declare_globally(const ArgDeclaration& declaration);
    void check(const WorkdirInstruction& workdir);
    void check(const UserInstruction& user) { expand_in_stage(user.user); }
    void check(const StopSignalInstruction& stop) { expand_in_stage(stop.signal); }
    void check(const MaintainerInstruction&);
    void check(const CmdInstruction& cmd) { check_started(cmd.command); }
    void check(const EntrypointInstruction& entrypoint) { check_started(entrypoint.command); }
    void check_started(const CommandLine& command);
    void check_once();
    void check(const ShellInstruction&) { stage_.has_shell = true; }
    void check(const ExposeInstruction& expose);
    void check(const VolumeInstruction& volume);
    void check(const HealthcheckInstruction&) { check_once(); }
    void check(const OnbuildInstruction&) {}
    void check_legacy(const std::vector<KeyValue>& values);
    void check_secret(const std::string& name);
    void check_description(const std::vector<std::string>& names);

    const SyntaxTree& tree_;
    const CheckInput& input_;
    CheckOptions options_;
    layers::Platform build_platform_;
    layers::Platform target_platform_;
    std::vector<Warning> warnings_;
    const Instruction* current_ = nullptr;
    std::vector<CheckOptions> local_options_;

    Variables global_;           ///< ARGs before FROM with the build arguments
    Variables global_defaults_;  ///< the same without them
    std::set<std::string, std::less<>> global_declared_;
    std::map<std::string, CheckedStage, std::less<>> finished_stages_;
    std::set<std::string, std::less<>> stage_names_;
    std::string stage_name_;
    bool is_in_stage_ = false;
    CheckedStage stage_;
};

}  // namespace builder
