#include "builder/syntax/check_rules.hpp"

#include <algorithm>
#include <array>

#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

constexpr std::array<CheckRule, 22> rules = {{
    {"ConsistentInstructionCasing", "All instructions are written in the same case, upper or lower"},
    {"CopyIgnoredFile", "COPY and ADD name no file that the ignore file leaves out"},
    {"DuplicateStageName", "Names of stages are unique"},
    {"ExposeInvalidFormat", "EXPOSE names ports of the container only"},
    {"ExposeProtoCasing", "Protocols in EXPOSE are written in lower case"},
    {"FromAsCasing", "AS is written in the case of FROM"},
    {"FromPlatformFlagConstDisallowed",
     "FROM --platform names no constant, so that the file builds for every platform"},
    {"InvalidBaseImagePlatform", "Base images are of the platform that is built for"},
    {"InvalidDefaultArgInFrom", "Base images have a valid name with the default values of all ARGs, too"},
    {"InvalidDefinitionDescription", "Comments in front of ARG and FROM start with the name they describe", true},
    {"JSONArgsRecommended", "CMD and ENTRYPOINT are written in JSON form, so that signals reach the program"},
    {"LegacyKeyValueFormat", "ENV and LABEL are written with an equals sign"},
    {"MaintainerDeprecated", "A label names the author, not MAINTAINER"},
    {"MultipleInstructionsDisallowed",
     "A stage has one CMD, ENTRYPOINT and HEALTHCHECK at most, as only the last one counts"},
    {"NoEmptyContinuation", "No empty line stands within a continued instruction"},
    {"RedundantTargetPlatform", "FROM does not ask for the target platform, which is the default"},
    {"ReservedStageName", "No stage is named scratch or context"},
    {"SecretsUsedInArgOrEnv", "Secrets are mounted, not passed by ARG or ENV, which stay in the image"},
    {"StageNameCasing", "Names of stages are written in lower case"},
    {"UndefinedArgInFrom", "FROM uses declared ARGs only"},
    {"UndefinedVar", "Variables are defined before they are used"},
    {"WorkdirRelativePath", "The first WORKDIR of a file is absolute, so that it does not depend on the base image"},
}};

constexpr std::array<std::string_view, 3> option_names = {"skip", "error", "experimental"};

std::vector<std::string> split_list(std::string_view text, char mark) {
    std::vector<std::string> parts;
    for (const std::string_view part : runtime::split(text, mark)) parts.emplace_back(trim(part));
    return parts;
}

void read_names(std::string_view value, bool& has_all, std::set<std::string, std::less<>>& names) {
    has_all = value == "all";
    if (has_all) return;
    for (std::string& name : split_list(value, ',')) names.insert(std::move(name));
}

}  // namespace

std::span<const CheckRule> check_rules() {
    return rules;
}

bool CheckOptions::wants(std::string_view rule) const {
    if (skips_all || skipped.contains(rule)) return false;
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const CheckRule& one) { return one.name == rule; });
    const bool is_experimental = found != rules.end() && found->is_experimental;
    return !is_experimental || has_all_experimental || experimental.contains(rule);
}

CheckOptions parse_check_options(std::string_view text) {
    CheckOptions options;
    if (trim(text).empty()) return options;
    for (const std::string& part : split_list(text, ';')) {
        const std::size_t equals = part.find('=');
        const std::string name(trim(std::string_view(part).substr(0, equals)));
        const std::string_view value =
            equals == std::string::npos ? std::string_view() : trim(std::string_view(part).substr(equals + 1));
        if (equals != std::string::npos && name == "skip") {
            read_names(value, options.skips_all, options.skipped);
        } else if (equals != std::string::npos && name == "experimental") {
            read_names(value, options.has_all_experimental, options.experimental);
        } else if (name == "error" && (value == "true" || value == "false" || value == "1" || value == "0")) {
            options.makes_errors = value == "true" || value == "1";
        } else {
            throw runtime::Error("invalid check option {}", runtime::quoted(part))
                .with_hint(did_you_mean(name, option_names).empty() ? "write skip=RULE,RULE;error=true"
                                                                    : did_you_mean(name, option_names));
        }
    }
    return options;
}

}  // namespace builder
