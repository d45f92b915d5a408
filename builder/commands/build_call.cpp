#include "builder/commands/build_call.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "builder/cli/outline_printer.hpp"
#include "builder/engine/run/build_checks.hpp"
#include "builder/engine/run/build_inputs.hpp"
#include "builder/images/local_images.hpp"
#include "builder/plan/source_json.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;
using runtime::Error;
using runtime::quoted;

BuildCall::Method parse_method(const std::string& text) {
    if (text == "build") return BuildCall::Method::build;
    if (text == "check" || text == "lint") return BuildCall::Method::check;
    if (text == "outline") return BuildCall::Method::outline;
    if (text == "targets") return BuildCall::Method::targets;
    constexpr std::array<std::string_view, 4> methods = {"build", "check", "outline", "targets"};
    throw Error("--call takes build, check, outline or targets, not {}", quoted(text))
        .with_hint(did_you_mean(text, methods));
}

std::string check_json(const SourceText& source, const std::vector<Warning>& warnings) {
    ordered_json list = ordered_json::array();
    for (const Warning& warning : warnings) {
        ordered_json entry = {{"ruleName", warning.rule}};
        for (const CheckRule& rule : check_rules())
            if (rule.name == warning.rule) entry["description"] = rule.description;
        entry["detail"] = warning.message;
        entry["location"] = location_json(warning.location);
        list.push_back(std::move(entry));
    }
    const ordered_json file = {
        {"filename", source.name()}, {"language", "Dockerfile"}, {"data", runtime::encode_base64(source.text())}};
    const ordered_json document = {{"warnings", list}, {"sources", ordered_json::array({file})}};
    return runtime::harmless_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + "\n";
}

std::string check_text(const SourceText& source, const std::vector<Warning>& warnings) {
    if (warnings.empty()) return "Check complete, no warnings found.\n";
    std::string text;
    for (const Warning& warning : warnings) text += render_warning(source, warning) + "\n";
    return text + (warnings.size() == 1
                       ? "Check complete, 1 warning has been found!\n"
                       : fmt::format("Check complete, {} warnings have been found!\n", warnings.size()));
}

}  // namespace

BuildCall parse_build_call(const std::string& text) {
    BuildCall call;
    const std::vector<std::string_view> parts = runtime::split(text, ',');
    call.method = parse_method(std::string(parts.front()));
    for (const std::string_view option : std::span(parts).subspan(1)) {
        if (option == "format=json")
            call.is_json = true;
        else if (option == "format=text")
            call.is_json = false;
        else if (option == "ignorestatus" || option == "ignorestatus=true")
            call.ignores_status = true;
        else if (option == "ignorestatus=false")
            call.ignores_status = false;
        else
            throw Error("--call: {} is not known", quoted(option))
                .with_hint("it takes format=json, format=text and ignorestatus");
    }
    return call;
}

BuildAnswer answer_build_call(Context& context, const BuildImageRequest& given, const BuildCall& call) {
    const BuildImageRequest request = with_predefined_arguments(given);
    const std::string platform = target_platform(request);
    const runtime::StopSource stop;
    SourceFetcher fetcher([&]() -> layers::Store& { return context.store(); }, request.steps.secrets,
                          request.steps.ssh_agents, stop);
    fetcher.set_access(registry::download_access(request.access));
    const BuildInputs inputs = open_inputs(fetcher, request, nullptr);
    const auto& source = inputs.containerfile;
    std::vector<Warning> warnings;
    SyntaxTree tree = parse_containerfile(source, &warnings);
    if (call.method != BuildCall::Method::check) {
        const PlanRequest plan_request = make_plan_request(request, platform);
        const BuildPlan plan = make_plan(std::move(tree), plan_request);
        if (call.method == BuildCall::Method::targets)
            return {call.is_json ? print_targets_json(plan) : print_targets_text(plan)};
        const Outline outline = make_outline(plan, plan_request);
        return {call.is_json ? print_outline_json(outline, *source) : print_outline_text(outline)};
    }
    CheckInput input = make_check_input(request, platform, inputs.context, std::move(warnings));
    const auto named = make_plan_request(request, platform).named_contexts;
    input.base_image = [&](const std::string& image, const layers::Platform&) -> std::optional<BaseImageFacts> {
        if (named.contains(context_name(image))) return std::nullopt;
        const auto known = find_local_image(context.store(), image);
        return known ? std::optional(facts_of(state_of_image(context.store(), *known).config)) : std::nullopt;
    };
    const std::vector<Warning> found = check_tree(tree, input).warnings;
    return {call.is_json ? check_json(*source, found) : check_text(*source, found),
            found.empty() || call.ignores_status ? 0 : 1};
}

}  // namespace builder
