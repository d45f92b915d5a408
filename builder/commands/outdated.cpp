#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/outdated.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct OutdatedOptions {
    bool all = false;
    bool exit_code = false;
    bool json = false;
    RegistryFlags access;
};

void print_json(const std::vector<BaseState>& states) {
    nlohmann::json list = nlohmann::json::array();
    for (const BaseState& one : states)
        list.push_back({{"image", one.image},
                        {"base", one.base},
                        {"state", name_of(one.kind)},
                        {"built_on", one.built_on.text()},
                        {"now", one.now ? one.now->text() : ""},
                        {"reason", one.reason}});
    std::cout << runtime::harmless_json(list.dump(4, ' ', false, nlohmann::json::error_handler_t::replace)) << "\n";
}

void print_table(const std::vector<BaseState>& states) {
    constexpr std::size_t shown_digits = 7 + 12;
    std::vector<std::vector<std::string>> table = {{"IMAGE", "BASE", "STATE", "BUILT ON", "NOW"}};
    for (const BaseState& one : states)
        table.push_back({one_line(one.image), one_line(one.base), name_of(one.kind),
                         one.built_on.text().substr(0, shown_digits),
                         one.now ? one.now->text().substr(0, shown_digits) : one_line(one.reason)});
    if (table.size() > 1) std::cout << format_table(table);
}

int show_outdated(Context& context, const OutdatedOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {}), stop);
    std::vector<BaseState> states = compare_with_bases(context.store(), registries);
    const bool has_outdated = std::any_of(states.begin(), states.end(),
                                          [](const BaseState& one) { return one.kind == BaseState::Kind::outdated; });
    if (!options.all) std::erase_if(states, [](const BaseState& one) { return one.kind == BaseState::Kind::current; });
    options.json ? print_json(states) : print_table(states);
    return options.exit_code && has_outdated ? 1 : 0;
}

}  // namespace

Command outdated_command() {
    auto options = std::make_shared<OutdatedOptions>();
    Command command;
    command.name = "outdated";
    command.group = "Questions";
    command.summary = "show images whose base has changed under its name since they were built";
    command.usage = "[flags]";
    command.flags = {
        flag("all", 'a', "show those that are current, too", options->all),
        flag("exit-code", 0, "exit with 1 where an image is outdated", options->exit_code),
        flag("json", 0, "print JSON", options->json),
    };
    for (Flag& one : registry_flags(options->access)) command.flags.push_back(std::move(one));
    command.run = [options](Context& context, const Words&) { return show_outdated(context, *options); };
    return command;
}

}  // namespace builder
