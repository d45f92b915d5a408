#include "builder/cli/manual.hpp"
#include "builder/template/value.hpp"
#include "builder/version.hpp"

namespace builder {
namespace {

TemplateValue describe(const Flag& flag) {
    return TemplateValue::record("Flag",
                                 {{"Name", "name", flag.name},
                                  {"Short", "short", flag.short_name == 0 ? "" : std::string(1, flag.short_name), true},
                                  {"Aliases", "aliases", TemplateValue::list_of(flag.aliases), true},
                                  {"Environment", "environment", TemplateValue::list_of(flag.environment), true},
                                  {"Value", "value", flag.value_name, true},
                                  {"OptionalValue", "optional_value", flag.optional_value, true},
                                  {"Description", "description", flag.description},
                                  {"Hidden", "hidden", flag.hidden, true}});
}

TemplateValue describe(const std::vector<Flag>& flags) {
    std::vector<TemplateValue> items;
    for (const Flag& flag : flags) items.push_back(describe(flag));
    return TemplateValue::list(std::move(items));
}

TemplateValue describe(const Command& command) {
    std::vector<TemplateValue> subcommands;
    for (const Command& one : command.subcommands) subcommands.push_back(describe(one));
    return TemplateValue::record("Command",
                                 {{"Name", "name", command.name},
                                  {"Aliases", "aliases", TemplateValue::list_of(command.aliases), true},
                                  {"Group", "group", command.group, true},
                                  {"Summary", "summary", command.summary},
                                  {"Usage", "usage", command.usage, true},
                                  {"Flags", "flags", describe(command.flags)},
                                  {"Subcommands", "subcommands", TemplateValue::list(std::move(subcommands)), true}});
}

}  // namespace

std::string command_line_json(const ProgramCommands& line) {
    std::vector<TemplateValue> commands;
    for (const Command& command : line.commands) commands.push_back(describe(command));
    return TemplateValue::record("CommandLine", {{"Name", "name", "builder"},
                                                 {"Version", "version", version},
                                                 {"Flags", "flags", describe(line.global_flags)},
                                                 {"Commands", "commands", TemplateValue::list(std::move(commands))}})
               .json(2) +
           "\n";
}

}  // namespace builder
