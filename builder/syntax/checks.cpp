#include "builder/syntax/checks.hpp"

#include <algorithm>
#include <array>

#include "builder/syntax/checker.hpp"
#include "builder/syntax/glob.hpp"
#include "builder/syntax/source_text.hpp"
#include "builder/syntax/suggest.hpp"

namespace builder {
namespace {

using layers::Platform;

VariableLookup lookup_in(const Variables& variables) {
    return [&variables](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(std::string(name));
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::vector<std::string_view> names_of(const Variables& variables) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
}

/// A name that says secret in one of its parts, such as API_KEY, but not PUBLIC_KEY.
bool names_secret(std::string_view name) {
    constexpr std::array<std::string_view, 10> secrets = {"apikey",   "auth",  "credential", "credentials", "key",
                                                          "password", "pword", "passwd",     "secret",      "token"};
    constexpr std::array<std::string_view, 3> harmless = {"public", "file", "version"};
    bool is_secret = false;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = name.find('_');
        const std::string part = to_lower(name.substr(0, end));
        if (std::find(harmless.begin(), harmless.end(), part) != harmless.end()) return false;
        is_secret = is_secret || std::find(secrets.begin(), secrets.end(), part) != secrets.end();
        if (end != std::string_view::npos) name.remove_prefix(end + 1);
    }
    return is_secret;
}

/// The options that the comments in front of an instruction give for it alone.
std::vector<CheckOptions> local_options(const Instruction& instruction) {
    std::vector<CheckOptions> options;
    for (const std::string_view comment : instruction.comments) {
        if (!to_lower(comment.substr(0, 5)).starts_with("check")) continue;
        const std::size_t equals = comment.find('=');
        if (equals == std::string_view::npos || trim(comment.substr(0, equals)).size() != 5) continue;
        const std::string_view value = trim(comment.substr(equals + 1));
        try {
            options.push_back(parse_check_options(value.substr(0, value.find(' '))));
        } catch (const runtime::Error&) {
            // Only looks like options; any comment may stand here.
            continue;
        }
    }
    return options;
}

}  // namespace

Checker::Checker(const SyntaxTree& tree, const CheckInput& input) : tree_(tree), input_(input) {
    build_platform_ = input.build_platform.value_or(layers::host_platform());
    target_platform_ = input.target_platform.value_or(build_platform_);
    read_options();
    set_platform_arguments();
}

CheckReport Checker::run() {
    for (const Warning& warning : input_.parser_warnings)
        if (options_.wants(warning.rule)) warnings_.push_back(warning);
    check_casing();
    for (const Instruction& instruction : tree_.instructions) {
        current_ = &instruction;
        local_options_ = local_options(instruction);
        std::visit([&](const auto& body) { check(body); }, instruction.body);
    }
    return report();
}

void Checker::read_options() {
    const auto argument = input_.build_arguments.find("BUILDKIT_DOCKERFILE_CHECK");
    if (argument != input_.build_arguments.end()) {
        options_ = parse_check_options(argument->second);
        return;
    }
    for (const Directive& directive : tree_.directives) {
        if (directive.name != "check") continue;
        try {
            options_ = parse_check_options(directive.value.substr(0, directive.value.find(' ')));
        } catch (runtime::Error& error) {
            error.at(tree_.source->place(directive.location));
            throw;
        }
    }
}

void Checker::set_platform_arguments() {
    const auto set = [&](const std::string& prefix, const Platform& platform) {
        global_[prefix + "PLATFORM"] = layers::format_platform(platform);
        global_[prefix + "OS"] = platform.os;
        global_[prefix + "ARCH"] = platform.architecture;
        global_[prefix + "VARIANT"] = platform.variant;
    };
    set("BUILD", build_platform_);
    set("TARGET", target_platform_);
    global_["TARGETSTAGE"] = "default";
    global_defaults_ = global_;
    for (const auto& [name, value] : global_) global_declared_.insert(name);
}

void Checker::warn(std::string_view rule, const Location& location, std::string message) {
    if (!options_.wants(rule)) return;
    for (const CheckOptions& local : local_options_)
        if (local.skips_all || local.skipped.contains(rule)) return;
    warnings_.push_back({std::string(rule), std::move(message), location});
}

CheckReport Checker::report() {
    std::stable_sort(warnings_.begin(), warnings_.end(),
                     [](const Warning& one, const Warning& other) { return one.location.line < other.location.line; });
    CheckReport report;
    report.warnings = std::move(warnings_);
    if (!options_.makes_errors || report.warnings.empty()) return report;
    std::set<std::string> rules;
    for (const Warning& warning : report.warnings) rules.insert(warning.rule);
    report.violation = runtime::Error("lint violation found for rules: {}", fmt::join(rules, ", "));
    report.violation->at(tree_.source->place(report.warnings.front().location));
    return report;
}

/// Expands a word with the variables of the stage and reports those that are not defined. A word that cannot be
/// expanded stays as it is: building the plan will say why.
std::string Checker::expand_in_stage(std::string_view text) {
    if (!is_in_stage_) return std::string(text);
    VariableUse use;
    std::string word(text);
    try {
        word = process_word(text, lookup_in(stage_.variables), tree_.escape, &use);
    } catch (const runtime::Error&) {
        return word;
    }
    if (!stage_.has_known_base) return word;
    for (const std::string& name : use.unset) {
        if (stage_.declared.contains(name) || name.starts_with("BUILDKIT_SBOM_SCAN_")) continue;
        const std::string nearest = nearest_name(name, names_of(stage_.variables));
        warn("UndefinedVar", fmt::format("Usage of undefined variable '${}'{}", name,
                                         nearest.empty() ? "" : fmt::format(" (did you mean ${}?)", nearest)));
    }
    return word;
}

Expansion Checker::expand_globally(std::string_view text, const Variables& variables) const {
    ExpandOptions options;
    options.escape = tree_.escape;
    try {
        return expand(text, lookup_in(variables), options);
    } catch (const runtime::Error&) {
        return {std::string(text), {}, {}};
    }
}

void Checker::check_casing() {
    int balance = 0;
    bool is_in_stage = false;
    std::vector<const Instruction*> counted;
    for (const Instruction& instruction : tree_.instructions) {
        is_in_stage = is_in_stage || instruction.keyword == "FROM";
        if (!is_in_stage) continue;
        counted.push_back(&instruction);
        if (is_lower_case(instruction.written_keyword)) --balance;
        if (is_upper_case(instruction.written_keyword)) ++balance;
    }
    for (const Instruction* instruction : counted) {
        const std::string& keyword = instruction->written_keyword;
        if (balance < 0 ? is_lower_case(keyword) : is_upper_case(keyword)) continue;
        local_options_ = local_options(*instruction);
        warn("ConsistentInstructionCasing", instruction->location,
             fmt::format("Command '{}' should match the case of the command majority ({})", keyword,
                         balance < 0 ? "lowercase" : "uppercase"));
    }
}

void Checker::check(const CopyInstruction& copy) {
    for (const std::string* flag : {&copy.chown, &copy.chmod, &copy.checksum, &copy.destination})
        expand_in_stage(*flag);
    for (const std::string& written : copy.sources) {
        std::string source = clean_path(expand_in_stage(written));
        if (source.starts_with('/')) source.erase(0, 1);
        const bool is_remote = source.find(":/") != std::string::npos;
        // With exceptions, a folder may be excluded and a file in it not.
        const bool is_checked = copy.from.empty() && !is_remote && input_.ignore && !input_.ignore->has_exceptions();
        if (is_checked && input_.ignore->excludes(source))
            warn("CopyIgnoredFile", fmt::format("Attempting to {} file \"{}\" that is excluded by .dockerignore",
                                                copy.is_add ? "Add" : "Copy", source));
    }
}

void Checker::check_legacy(const std::vector<KeyValue>& values) {
    if (values.empty() || !values.front().legacy_form) return;
    warn("LegacyKeyValueFormat",
         fmt::format("\"{0} key=value\" should be used instead of legacy \"{0} key value\" format",
                     current_->written_keyword));
}

void Checker::check_secret(const std::string& name) {
    if (names_secret(name))
        warn("SecretsUsedInArgOrEnv",
             fmt::format("Do not use ARG or ENV instructions for sensitive data ({} \"{}\")", current_->keyword, name));
}

void Checker::check(const EnvInstruction& env) {
    check_legacy(env.values);
    // All values of one instruction see the variables from before it.
    Variables values;
    for (const KeyValue& pair : env.values) {
        const std::string name = expand_in_stage(pair.key);
        check_secret(name);
        values[name] = expand_in_stage(pair.value);
    }
    for (auto& [name, value] : values) stage_.variables[name] = std::move(value);
}

void Checker::check(const LabelInstruction& label) {
    check_legacy(label.values);
    for (const KeyValue& pair : label.values) {
        expand_in_stage(pair.key);
        expand_in_stage(pair.value);
    }
}

void Checker::declare_globally(const ArgDeclaration& declaration) {
    global_declared_.insert(declaration.name);
    if (declaration.default_value)
        global_defaults_[declaration.name] = expand_globally(*declaration.default_value, global_defaults_).word;
    const auto given = input_.build_arguments.find(declaration.name);
    if (given != input_.build_arguments.end())
        global_[declaration.name] = given->second;
    else if (declaration.default_value)
        global_[declaration.name] = expand_globally(*declaration.default_value, global_).word;
}

void Checker::check(const ArgInstruction& arg) {
    std::vector<std::string> names;
    for (const ArgDeclaration& declaration : arg.declarations) {
        names.push_back(declaration.name);
        check_secret(declaration.name);
        if (!is_in_stage_) {
            declare_globally(declaration);
            continue;
        }
        stage_.declared.insert(declaration.name);
        const std::string value = expand_in_stage(declaration.default_value.value_or(""));
        const auto given = input_.build_arguments.find(declaration.name);
        const auto global = global_.find(declaration.name);
        if (given != input_.build_arguments.end())
            stage_.variables.try_emplace(declaration.name, given->second);
        else if (declaration.default_value)
            stage_.variables.try_emplace(declaration.name, value);
        else if (global != global_.end())
            stage_.variables.try_emplace(declaration.name, global->second);
    }
    check_description(names);
}

void Checker::check_description(const std::vector<std::string>& names) {
    if (current_->comments.empty()) return;
    const std::string& comment = current_->comments.back();
    if (std::find(names.begin(), names.end(), comment.substr(0, comment.find(' '))) != names.end()) return;
    warn("InvalidDefinitionDescription",
         fmt::format("Comment for {} should follow the format: `# {} <description>`", current_->keyword,
                     names.size() > 1 ? "<arg_key>" : names.front()));
}

void Checker::check(const WorkdirInstruction& workdir) {
    const std::string path = expand_in_stage(workdir.path);
    if (!stage_.has_workdir && !path.starts_with('/'))
        warn("WorkdirRelativePath",
             fmt::format("Relative workdir \"{}\" can have unexpected results if the base image changes", path));
    stage_.has_workdir = true;
}

void Checker::check(const MaintainerInstruction&) {
    warn("MaintainerDeprecated", "Maintainer instruction is deprecated in favor of using label");
}

void Checker::check_started(const CommandLine& command) {
    if (command.is_shell && !stage_.has_shell)
        warn("JSONArgsRecommended",
             fmt::format("JSON arguments recommended for {} to prevent unintended behavior related to OS "
                         "signals",
                         current_->keyword));
    check_once();
}

void Checker::check_once() {
    const auto [earlier, is_first] = stage_.once.try_emplace(current_->keyword, current_->location);
    if (is_first) return;
    warn("MultipleInstructionsDisallowed", earlier->second,
         fmt::format(
             "Multiple {} instructions should not be used in the same stage because only the last one will be used",
             current_->written_keyword));
    earlier->second = current_->location;
}

void Checker::check(const ExposeInstruction& expose) {
    for (const std::string& written : expose.ports) {
        const std::string port = expand_in_stage(written);
        const std::size_t slash = port.rfind('/');
        if (slash != std::string::npos && !is_lower_case(port.substr(slash)))
            warn("ExposeProtoCasing",
                 fmt::format("Defined protocol '{}' in EXPOSE instruction should be lowercase", port));
        if (port.find(':') != std::string::npos)
            warn("ExposeInvalidFormat",
                 fmt::format("EXPOSE instruction should not define an IP address or host-port mapping, "
                             "found '{}'",
                             port));
    }
}

void Checker::check(const VolumeInstruction& volume) {
    for (const std::string& path : volume.paths) expand_in_stage(path);
}

CheckReport check_tree(const SyntaxTree& tree, const CheckInput& input) {
    return Checker(tree, input).run();
}

bool checks_make_errors(const SyntaxTree& tree, const CheckInput& input) {
    return Checker(tree, input).makes_errors();
}

std::string render_warning(const SourceText& source, const Warning& warning) {
    return "warning: " + warning.rule + ": " + warning.message + "\n" +
           runtime::render_place(source.place(warning.location));
}

}  // namespace builder
