#include <sys/stat.h>

#include <iostream>
#include <memory>

#include "builder/commands/debug.hpp"
#include "builder/plan/plan_printer.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/syntax/parser.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct PlanOptions {
    std::vector<std::string> files;
    std::string target;
    std::string platform;
    std::string format = "text";
    std::map<std::string, std::string> build_arguments;
    std::map<std::string, std::string> named_contexts;
    bool skip_unused_stages = true;
};

bool is_folder(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string print(const BuildPlan& plan, const std::string& format) {
    if (format == "text") return print_plan_text(plan);
    if (format == "json") return print_plan_json(plan);
    if (format == "dot") return print_plan_dot(plan);
    throw runtime::Error("--format takes text, json or dot, not {}", runtime::quoted(format));
}

int plan(const Words& words, const PlanOptions& options) {
    std::string folder = ".";
    std::vector<std::string> files = options.files;
    if (!words.empty()) {
        if (is_folder(words.front()))
            folder = words.front();
        else
            files.push_back(words.front());
    }
    PlanRequest request;
    request.build_arguments = options.build_arguments;
    request.target = options.target;
    for (const auto& [name, place] : options.named_contexts)
        request.named_contexts.emplace(context_name(name), parse_named_context(place));
    request.build_platform = layers::format_platform(layers::host_platform());
    request.target_platform =
        options.platform.empty()
            ? request.build_platform
            : layers::format_platform(layers::normalized(layers::parse_platform(options.platform)));
    request.skip_unused_stages = options.skip_unused_stages;
    const BuildPlan made = make_plan(parse_containerfile(load_containerfile(files, local_context(folder))), request);
    std::cout << runtime::harmless(print(made, options.format));
    return 0;
}

}  // namespace

Command debug_plan_command() {
    auto options = std::make_shared<PlanOptions>();
    Command command;
    command.name = "plan";
    command.uses_store = false;
    command.summary = "print the stages of a Containerfile and what they need from each other";
    command.usage = "[flags] [CONTEXT or FILE]";
    command.flags = {
        flag("file", 'f', "FILE", "Containerfile to use; several are joined, - is standard input", options->files),
        flag("target", 0, "STAGE", "stage to build (default: the last one)", options->target),
        flag("build-arg", 0, "NAME=VALUE", "set the value of an ARG", options->build_arguments),
        flag("build-context", 0, "NAME=PLACE", "additional build context for FROM and --from", options->named_contexts),
        flag("platform", 0, "OS/ARCH", "platform to build for", options->platform),
        flag("skip-unused-stages", 0, "skip stages that the target does not need (default true)",
             options->skip_unused_stages),
        flag("format", 0, "FORMAT", "output format: text, json or dot (Graphviz)", options->format)};
    command.most_words = 1;
    command.run = [options](Context&, const Words& words) { return plan(words, *options); };
    return command;
}

}  // namespace builder
