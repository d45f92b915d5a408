#include "builder/syntax/instructions.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "builder/syntax/healthcheck.hpp"
#include "builder/syntax/heredocs.hpp"
#include "builder/syntax/instruction_flags.hpp"
#include "builder/syntax/instruction_request.hpp"
#include "builder/syntax/stage_names.hpp"
#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
using Kind = FlagRule::Kind;

std::vector<Location> locations_of(std::span<const RawWord> words) {
    std::vector<Location> locations;
    for (const RawWord& word : words) locations.push_back(word.location);
    return locations;
}

InstructionBody parse_from(const InstructionRequest& request) {
    const auto& words = request.arguments();
    const bool names_stage = words.size() == 3 && to_lower(words[1].text) == "as";
    if (words.size() != 1 && !names_stage) {
        Error error = request.error_at(
            request.node.arguments_location,
            words.empty() ? "reading multiple stages: FROM requires an argument\nwrite FROM <source> [AS <name>]"
                          : "FROM requires either one argument, or three: FROM <source> [AS <name>]");
        if (words.size() == 3) error.with_hint("the second word must be AS, not " + quoted(words[1].text));
        throw error;
    }
    FromInstruction from;
    from.image = words[0].text;
    from.image_location = words[0].location;
    from.platform = request.flags.text("platform");
    from.platform_location = request.flag_location("platform");
    from.after = request.flags.list("after");
    if (!names_stage) return from;
    from.as_keyword = words[1].text;
    from.written_stage_name = words[2].text;
    from.stage_name = to_lower(words[2].text);
    const bool has_variables = from.stage_name.find('$') != std::string::npos;  // the plan looks at what they give
    if (!has_variables && !is_stage_name(from.stage_name))
        throw request.error_at(
            words[2].location,
            fmt::format("invalid name for build stage: {}, name can't start with a number or contain symbols",
                        quoted(words[2].text)));
    return from;
}

/// The value of a flag that says how far a step is locked up: what is not known must not mean that it is not.
std::string one_of(const InstructionRequest& request, const std::string& flag,
                   const std::vector<std::string_view>& known) {
    std::string value = request.flags.text(flag);
    if (!request.flags.is_given(flag) || std::find(known.begin(), known.end(), value) != known.end()) return value;
    throw request.error_at(request.flags.locations(flag).front(),
                           fmt::format("RUN --{} takes {}, not {}", flag, fmt::join(known, ", "), quoted(value)));
}

InstructionBody parse_run(const InstructionRequest& request) {
    if (request.node.is_json) request.need_at_least_one();
    RunInstruction run;
    run.command = command_of(request);
    if (run.command.words.empty()) run.command.words = {""};  // the shell is given nothing to do
    run.mounts = request.flags.list("mount");
    run.mount_locations = request.flags.locations("mount");
    run.network = one_of(request, "network", {"default", "none", "host"});
    run.security = one_of(request, "security", {"sandbox", "insecure"});
    run.devices = request.flags.list("device");
    return run;
}

void read_sources(const InstructionRequest& request, CopyInstruction& copy) {
    const auto& words = request.arguments();
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const RawWord& word = words[i];
        const auto opened = request.node.is_json ? std::nullopt : parse_heredoc_word(word.text);
        if (!opened) {
            copy.sources.push_back(word.text);
            copy.source_locations.push_back(word.location);
            continue;
        }
        // Two documents of one name: the last one counts, as it overwrites the file.
        const auto& bodies = request.node.heredocs;
        const auto body =
            std::find_if(bodies.rbegin(), bodies.rend(), [&](const Heredoc& one) { return one.name == opened->name; });
        if (body == bodies.rend())
            throw request.error_at(word.location, "the heredoc " + quoted(word.text) + " has no body");
        copy.inline_files.push_back(*body);
    }
    copy.inline_files = finished(std::move(copy.inline_files));
}

InstructionBody parse_copy(const InstructionRequest& request) {
    const auto& words = request.arguments();
    if (words.size() < 2)
        throw request.error_at(request.node.arguments_location,
                               request.keyword +
                                   " requires at least two arguments, but only one was provided. "
                                   "Destination could not be determined");
    CopyInstruction copy;
    copy.is_add = request.keyword == "ADD";
    copy.destination = words.back().text;
    copy.destination_location = words.back().location;
    if (!request.node.is_json && parse_heredoc_word(copy.destination))
        throw request.error_at(words.back().location, request.keyword + " cannot accept a heredoc as a destination");
    read_sources(request, copy);
    copy.from = request.flags.text("from");
    copy.from_location = request.flag_location("from");
    copy.chown = request.flags.text("chown");
    copy.chmod = request.flags.text("chmod");
    copy.link = request.flags.boolean("link").value_or(false);
    copy.parents = request.flags.boolean("parents").value_or(false);
    copy.excludes = request.flags.list("exclude");
    copy.checksum = request.flags.text("checksum");
    copy.keep_git_dir = request.flags.boolean("keep-git-dir");
    copy.unpack = request.flags.boolean("unpack");
    return copy;
}

std::vector<KeyValue> key_values_of(const InstructionRequest& request) {
    request.need_at_least_one();
    std::vector<KeyValue> values;
    const auto& words = request.arguments();
    for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
        if (words[i].text.empty())
            throw request.error_at(words[i + 2].location, request.keyword + " names can not be blank");
        values.push_back({words[i].text, words[i + 1].text, words[i + 2].text.empty(), words[i + 2].location});
    }
    return values;
}

InstructionBody parse_env(const InstructionRequest& request) {
    return EnvInstruction{key_values_of(request)};
}
InstructionBody parse_label(const InstructionRequest& request) {
    return LabelInstruction{key_values_of(request)};
}

InstructionBody parse_arg(const InstructionRequest& request) {
    request.need_at_least_one();
    ArgInstruction arg;
    for (const RawWord& word : request.arguments()) {
        const std::size_t equals = word.text.find('=');
        if (equals == 0) throw request.error_at(word.location, "ARG names can not be blank");
        ArgDeclaration declaration{word.text.substr(0, equals), std::nullopt, word.location};
        if (equals != std::string::npos) declaration.default_value = word.text.substr(equals + 1);
        arg.declarations.push_back(std::move(declaration));
    }
    return arg;
}

InstructionBody parse_workdir(const InstructionRequest& request) {
    return WorkdirInstruction{request.exactly_one().text};
}
InstructionBody parse_user(const InstructionRequest& request) {
    return UserInstruction{request.exactly_one().text};
}
InstructionBody parse_stopsignal(const InstructionRequest& request) {
    return StopSignalInstruction{request.exactly_one().text};
}
InstructionBody parse_maintainer(const InstructionRequest& request) {
    return MaintainerInstruction{request.exactly_one().text};
}
InstructionBody parse_cmd(const InstructionRequest& request) {
    return CmdInstruction{command_of(request)};
}
InstructionBody parse_entrypoint(const InstructionRequest& request) {
    return EntrypointInstruction{command_of(request)};
}

InstructionBody parse_shell(const InstructionRequest& request) {
    request.need_at_least_one();
    if (!request.node.is_json)
        throw request.error_at(request.node.arguments_location, "SHELL requires the arguments to be in JSON form")
            .with_hint("write SHELL [\"/bin/bash\", \"-c\"]");
    return ShellInstruction{texts_of(request.arguments())};
}

InstructionBody parse_expose(const InstructionRequest& request) {
    request.need_at_least_one();
    return ExposeInstruction{texts_of(request.arguments()), locations_of(request.arguments())};
}

InstructionBody parse_volume(const InstructionRequest& request) {
    request.need_at_least_one();
    VolumeInstruction volume;
    for (const RawWord& word : request.arguments()) {
        if (trim(word.text).empty())
            throw request.error_at(word.location, "VOLUME specified can not be an empty string");
        volume.paths.emplace_back(trim(word.text));
    }
    return volume;
}

/// The trigger as text: what stands behind ONBUILD, with the here-documents that follow.
std::string trigger_text(const RawNode& node) {
    std::string text = node.trigger.front().original;
    for (const Heredoc& heredoc : node.heredocs) text += "\n" + heredoc.content + heredoc.name;
    return text;
}

InstructionBody parse_onbuild(const InstructionRequest& request) {
    if (request.node.trigger.empty())
        throw request.error_at(request.node.keyword.location, "ONBUILD requires at least one argument");
    RawNode trigger = request.node.trigger.front();
    const std::string keyword = to_upper(trigger.keyword.text);
    if (keyword == "ONBUILD")
        throw request.error_at(trigger.keyword.location, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (keyword == "FROM" || keyword == "MAINTAINER")
        throw request.error_at(trigger.keyword.location, keyword + " isn't allowed as an ONBUILD trigger");
    // A trigger fails in another file, later; better to hear of a mistake where it is made.
    trigger.heredocs = request.node.heredocs;
    parse_instruction(request.source, trigger);
    return OnbuildInstruction{trigger_text(request.node)};
}

/// JSON can write a NUL byte, at which the kernel would end a word: the step would do something else than it says. What
/// is only noted in the image is for whoever runs it.
void refuse_nul_bytes(const InstructionRequest& request) {
    constexpr std::array<std::string_view, 5> done_here = {"ADD", "COPY", "RUN", "SHELL", "VOLUME"};
    if (std::find(done_here.begin(), done_here.end(), request.keyword) == done_here.end()) return;
    for (const RawWord& word : request.arguments())
        if (word.text.find('\0') != std::string::npos)
            throw request.error_at(word.location, "a word of " + request.keyword + " has a NUL byte in it");
}

struct KeywordRule {
    InstructionBody (*parse)(const InstructionRequest&);
    std::vector<FlagRule> flags;
};

const std::map<std::string_view, KeywordRule>& keyword_rules() {
    static const std::map<std::string_view, KeywordRule> rules = {
        {"ADD",
         {parse_copy,
          {{"chown"},
           {"chmod"},
           {"link", Kind::boolean},
           {"keep-git-dir", Kind::boolean},
           {"checksum"},
           {"unpack", Kind::boolean},
           {"exclude", Kind::list}}}},
        {"ARG", {parse_arg, {}}},
        {"CMD", {parse_cmd, {}}},
        {"COPY",
         {parse_copy,
          {{"from"},
           {"chown"},
           {"chmod"},
           {"link", Kind::boolean},
           {"parents", Kind::boolean},
           {"exclude", Kind::list}}}},
        {"ENTRYPOINT", {parse_entrypoint, {}}},
        {"ENV", {parse_env, {}}},
        {"EXPOSE", {parse_expose, {}}},
        {"FROM", {parse_from, {{"platform"}, {"after", Kind::list}}}},
        {"HEALTHCHECK",
         {parse_healthcheck, {{"interval"}, {"timeout"}, {"start-period"}, {"start-interval"}, {"retries"}}}},
        {"LABEL", {parse_label, {}}},
        {"MAINTAINER", {parse_maintainer, {}}},
        {"ONBUILD", {parse_onbuild, {}}},
        {"RUN", {parse_run, {{"mount", Kind::list}, {"network"}, {"security"}, {"device", Kind::list}}}},
        {"SHELL", {parse_shell, {}}},
        {"STOPSIGNAL", {parse_stopsignal, {}}},
        {"USER", {parse_user, {}}},
        {"VOLUME", {parse_volume, {}}},
        {"WORKDIR", {parse_workdir, {}}},
    };
    return rules;
}

/// Enough to know it again: what is no Containerfile may be one word as a whole.
std::string beginning_of(const std::string& word) {
    constexpr std::size_t most_bytes = 60;
    std::size_t end = most_bytes;
    if (word.size() <= end) return word;
    while ((static_cast<unsigned char>(word[end]) & 0xc0) == 0x80) --end;
    return word.substr(0, end) + "…";
}

}  // namespace

std::span<const std::string_view> instruction_keywords() {
    static const std::vector<std::string_view> keywords = [] {
        std::vector<std::string_view> names;
        for (const auto& [name, rule] : keyword_rules()) names.push_back(name);
        return names;
    }();
    return keywords;
}

Instruction parse_instruction(const SourceText& source, const RawNode& node) {
    Instruction instruction;
    instruction.keyword = to_upper(node.keyword.text);
    const auto rule = keyword_rules().find(instruction.keyword);
    if (rule == keyword_rules().end())
        throw Error("unknown instruction: {}", beginning_of(node.keyword.text))
            .at(source.place(node.keyword.location))
            .with_hint(did_you_mean(node.keyword.text, instruction_keywords()));
    InstructionRequest request{source, node, instruction.keyword,
                               parse_instruction_flags(source, rule->second.flags, node.flags, instruction.keyword)};
    refuse_nul_bytes(request);
    instruction.body = rule->second.parse(request);
    instruction.original = node.original;
    instruction.location = node.location;
    instruction.written_keyword = node.keyword.text;
    instruction.comments = node.comments;
    instruction.arguments_location = node.arguments_location;
    return instruction;
}

}  // namespace builder
