#include "builder/cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "builder/cli/help_groups.hpp"

namespace builder {
namespace {

std::string flag_column(const Flag& flag) {
    std::string text =
        flag.short_name != 0 ? fmt::format("-{}, --{}", flag.short_name, flag.name) : "    --" + flag.name;
    if (!flag.optional_value.empty()) return text + "[=" + flag.value_name + "]";
    if (!flag.is_switch()) text += " " + flag.value_name;
    return text;
}

/// Those that are shown, sorted by name.
std::vector<Flag> shown_flags(std::vector<Flag> flags) {
    std::erase_if(flags, [](const Flag& flag) { return flag.hidden; });
    std::sort(flags.begin(), flags.end(), [](const Flag& left, const Flag& right) { return left.name < right.name; });
    return flags;
}

std::size_t width_of(const std::vector<Flag>& flags) {
    std::size_t width = 0;
    for (const Flag& flag : flags) width = std::max(width, flag_column(flag).size());
    return width;
}

std::string flag_lines(const std::vector<Flag>& flags, std::size_t width) {
    std::string text;
    for (const Flag& flag : flags) {
        const std::string variable =
            flag.environment.empty() ? "" : fmt::format(" [${}]", fmt::join(flag.environment, ", $"));
        text += fmt::format("  {:<{}}  {}{}\n", flag_column(flag), width, flag.description, variable);
    }
    return text;
}

/// Takes a flag out of the list; nothing where the command has none of that name.
std::vector<Flag> take(std::vector<Flag>& flags, const std::string& name) {
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
    if (found == flags.end()) return {};
    std::vector<Flag> taken = {*found};
    flags.erase(found);
    return taken;
}

std::string grouped_flags(const Command& command, const HelpLayout& layout) {
    std::vector<Flag> left = shown_flags(command.flags);
    const std::size_t width = width_of(left);
    std::string text;
    for (const FlagGroup& group : layout.groups) {
        text += "\n" + group.heading + ":\n";
        for (const std::string& name : group.flags) text += flag_lines(take(left, name), width);
    }
    if (left.empty()) return text;
    return text + (layout.groups.empty() ? "\nFlags:\n" : "\nOther flags:\n") + flag_lines(left, width);
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
    const HelpLayout layout = help_layout(command.name);
    if (!layout.examples.empty()) text += "\nExamples:\n";
    for (const std::string& example : layout.examples) text += "  " + example + "\n";
    return text + grouped_flags(command, layout);
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
    const std::vector<Flag> shown = shown_flags(flags);
    return text + "\nGlobal flags:\n" + flag_lines(shown, width_of(shown)) +
           "\nbuilder COMMAND --help tells more about a command.\n";
}

}  // namespace builder
