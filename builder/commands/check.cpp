#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/repair.hpp"

namespace builder {
namespace {

using layers::Damage;

struct CheckOptions {
    bool reads_contents = false;
    bool repairs = false;
    bool as_json = false;
    RegistryFlags access;
};

const char* name_of(Damage::Kind kind) {
    switch (kind) {
        case Damage::Kind::database:
            return "database";
        case Damage::Kind::layer:
            return "layer";
        case Damage::Kind::blob:
            return "blob";
        case Damage::Kind::image:
            return "image";
        case Damage::Kind::container:
            return "container";
        case Damage::Kind::list:
            return "manifest list";
        case Damage::Kind::stray:
            return "folder";
    }
    return "";
}

std::vector<RepairStep> repair_all(Context& context, const CheckOptions& options, const std::vector<Damage>& damages) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::AccessOptions access = access_options(context, options.access, {});
    access.observer = make_transfer_progress(false);
    registry::Registries registries(std::move(access), stop);
    return repair(context.store(), damages, registries);
}

void print_text(const std::vector<Damage>& damages, const std::vector<RepairStep>& steps) {
    for (std::size_t i = 0; i < damages.size(); ++i) {
        const Damage& damage = damages[i];
        std::cout << fmt::format("{} {} {}\n", name_of(damage.kind), damage.id, damage.problem);
        if (!damage.affects.empty()) std::cout << fmt::format("  affects: {}\n", fmt::join(damage.affects, ", "));
        if (steps.empty())
            std::cout << fmt::format("  builder check --repair {}\n", advice_for(damage));
        else
            std::cout << fmt::format("  {}: {}\n", steps[i].is_mended ? "mended" : "not mended", steps[i].text);
    }
}

void print_json(const layers::Inspection::Findings& found, const std::vector<RepairStep>& steps) {
    nlohmann::json problems = nlohmann::json::array();
    for (std::size_t i = 0; i < found.damages.size(); ++i) {
        const Damage& damage = found.damages[i];
        nlohmann::json problem = {{"kind", name_of(damage.kind)},
                                  {"id", damage.id},
                                  {"problem", damage.problem},
                                  {"affects", damage.affects},
                                  {"path", damage.path}};
        if (!steps.empty()) problem.update({{"mended", steps[i].is_mended}, {"repair", steps[i].text}});
        problems.push_back(std::move(problem));
    }
    const nlohmann::json document = {{"images", found.images},
                                     {"layers", found.layers},
                                     {"blobs", found.blobs},
                                     {"containers", found.containers},
                                     {"problems", std::move(problems)}};
    std::cout << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

/// 0 where all is well, or was mended; 1 where something is left.
int check(Context& context, const CheckOptions& options) {
    const layers::Inspection::Findings found = context.store().inspection().find(options.reads_contents);
    std::vector<RepairStep> steps;
    if (options.repairs && !found.damages.empty()) steps = repair_all(context, options, found.damages);
    std::size_t left = found.damages.size();
    for (const RepairStep& step : steps) left -= step.is_mended ? 1 : 0;
    if (options.as_json) {
        print_json(found, steps);
    } else {
        print_text(found.damages, steps);
        std::cerr << fmt::format("checked {} images, {} layers, {} blobs, {} containers: {}\n", found.images,
                                 found.layers, found.blobs, found.containers,
                                 left == 0 ? "all is well" : fmt::format("{} problem{}", left, left == 1 ? "" : "s"));
    }
    return left == 0 ? 0 : 1;
}

}  // namespace

Command check_command() {
    auto options = std::make_shared<CheckOptions>();
    Command command;
    command.name = "check";
    command.group = "System";
    command.summary = "check the store for damage, and repair it";
    command.usage = "[flags]";
    command.flags = {
        flag("digests", 0, "read every layer and blob, and compare its digest", options->reads_contents),
        flag("json", 0, "print the result as JSON", options->as_json),
        flag("repair", 0, "repair what can be repaired; damaged files are kept in quarantine/ of the store",
             options->repairs),
    };
    for (Flag& one : registry_flags(options->access)) command.flags.push_back(std::move(one));
    command.run = [options](Context& context, const Words&) { return check(context, *options); };
    return command;
}

}  // namespace builder
