#include "builder/cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace builder {
namespace {

std::string flag_column(const Flag& flag) {
    std::string text =
        flag.short_name != 0 ? fmt::format("-{}, --{}", flag.short_name, flag.name) : "    --" + flag.name;
    if (!flag.is_switch()) text += " " + flag.value_name;
    return text;
}

std::string flag_lines(std::vector<Flag> flags) {
    std::erase_if(flags, [](const Flag& flag) { return flag.hidden; });
    std::sort(flags.begin(), flags.end(), [](const Flag& left, const Flag& right) { return left.name < right.name; });
    std::size_t width = 0;
    for (const Flag& flag : flags) width = std::max(width, flag_column(flag).size());
    std::string text;
    for (const Flag& flag : flags) {
        const std::string variable =
            flag.environment.empty() ? "" : fmt::format(" [${}]", fmt::join(flag.environment, ", $"));
        text += fmt::format("  {:<{}}  {}{}\n", flag_column(flag), width, flag.description, variable);
    }
    return text;
}

}  // namespace

std::string command_help(const Command& command) {
    std::string text = fmt::format("builder {}: {}\n\nUsage:\n  builder {} {}\n", command.name, command.summary,
                                   command.name, command.usage);
    if (!command.aliases.empty()) text += fmt::format("\nAlso called: {}\n", fmt::join(command.aliases, ", "));
    if (!command.subcommands.empty()) {
        text += "\nSubcommands:\n";
        for (const Command& one : command.subcommands) text += fmt::format("  {:<12}  {}\n", one.name, one.summary);
        text += fmt::format("\nbuilder {} SUBCOMMAND --help tells more about one.\n", command.name);
    }
    const std::string flags = flag_lines(command.flags);
    if (!flags.empty()) text += "\nFlags:\n" + flags;
    return text;
}

std::string program_help(const std::vector<Command>& commands, const std::vector<Flag>& flags) {
    std::string text =
        "builder: builds and keeps container images\n\nUsage:\n  builder [global flags] COMMAND [flags] [words]\n";
    std::map<std::string, std::vector<const Command*>> groups;
    for (const Command& command : commands) groups[command.group].push_back(&command);
    for (const auto& [group, members] : groups) {
        text += "\n" + group + ":\n";
        for (const Command* command : members) text += fmt::format("  {:<12}  {}\n", command->name, command->summary);
    }
    return text + "\nGlobal flags:\n" + flag_lines(flags) + "\nbuilder COMMAND --help tells more about a command.\n";
}

}  // namespace builder
