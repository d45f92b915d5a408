#include <fmt/format.h>

#include <algorithm>

#include "builder/cli/manual.hpp"
#include "builder/version.hpp"

namespace builder {
namespace {

/// Dashes are minus signs, and a dot at the start of a line is no request. groff(7).
std::string escaped(const std::string& text) {
    std::string result = text.starts_with(".") || text.starts_with("'") ? "\\&" : "";
    for (const char byte : text) {
        if (byte == '\\')
            result += "\\e";
        else if (byte == '-')
            result += "\\-";
        else
            result += byte;
    }
    return result;
}

std::string flag_entry(const Flag& flag) {
    std::string names = flag.short_name != 0 ? fmt::format("\\fB\\-{}\\fR, ", flag.short_name) : "";
    names += fmt::format("\\fB\\-\\-{}\\fR", escaped(flag.name));
    for (const std::string& alias : flag.aliases)
        names += fmt::format(", \\fB{}{}\\fR", alias.size() == 1 ? "\\-" : "\\-\\-", escaped(alias));
    if (!flag.is_switch()) names += fmt::format(" \\fI{}\\fR", escaped(flag.value_name));
    std::string description = escaped(flag.description) + ".";
    if (!flag.environment.empty())
        description += escaped(fmt::format(" In the environment: {}.", fmt::join(flag.environment, ", ")));
    return fmt::format(".TP\n{}\n{}\n", names, description);
}

std::string flag_section(const char* heading, std::vector<Flag> flags) {
    std::erase_if(flags, [](const Flag& flag) { return flag.hidden; });
    if (flags.empty()) return "";
    std::sort(flags.begin(), flags.end(), [](const Flag& left, const Flag& right) { return left.name < right.name; });
    std::string text = fmt::format(".SH {}\n", heading);
    for (const Flag& flag : flags) text += flag_entry(flag);
    return text;
}

std::string header(const std::string& name, const std::string& summary) {
    return fmt::format(".TH {} 1 \"\" \"builder {}\"\n.SH NAME\n{} \\- {}\n", escaped(name), version, escaped(name),
                       escaped(summary));
}

std::string program_page(const ProgramCommands& line) {
    std::string text = header("builder", "build and keep container images");
    text += ".SH SYNOPSIS\n\\fBbuilder\\fR [global flags] \\fICOMMAND\\fR [flags] [words]\n.SH COMMANDS\n";
    for (const Command& command : line.commands)
        text += fmt::format(".TP\n\\fB{}\\fR\n{}; see \\fBbuilder\\-{}\\fR(1).\n", escaped(command.name),
                            escaped(command.summary), escaped(command.name));
    return text + flag_section("GLOBAL FLAGS", line.global_flags) +
           ".SH EXIT STATUS\n0 on success, 125 where builder itself fails; the status of the command that "
           "\\fBrun\\fR or a RUN instruction executes else, 126 and 127 where that cannot be executed or found.\n";
}

std::string subcommand_part(const Command& command) {
    std::string text;
    for (const Command& one : command.subcommands)
        text += fmt::format(".SS {} {} {}\n{}.\n", escaped(command.name), escaped(one.name), escaped(one.usage),
                            escaped(one.summary)) +
                flag_section("FLAGS", one.flags);
    return text;
}

std::string command_page(const Command& command) {
    std::string text = header("builder-" + command.name, command.summary);
    text += fmt::format(".SH SYNOPSIS\n\\fBbuilder {}\\fR {}\n", escaped(command.name), escaped(command.usage));
    if (!command.aliases.empty())
        text += fmt::format(".PP\nAlso called {}.\n", escaped(fmt::format("{}", fmt::join(command.aliases, ", "))));
    if (!command.subcommands.empty()) text += ".SH SUBCOMMANDS\n" + subcommand_part(command);
    return text + flag_section("FLAGS", command.flags) + ".SH SEE ALSO\n\\fBbuilder\\fR(1)\n";
}

}  // namespace

std::string manual_name(const Command* command) {
    return command == nullptr ? "builder" : "builder-" + command->name;
}

std::string manual_page(const ProgramCommands& line, const Command* command) {
    return command == nullptr ? program_page(line) : command_page(*command);
}

}  // namespace builder
