#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/manual.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/commands/debug.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/umask.hpp"

namespace builder {
namespace {

/// Everything that there is. The options outlive the flags that point at them.
struct WholeLine {
    GlobalOptions options;
    ProgramCommands line;

    WholeLine() {
        line.global_flags = global_flags(options);
        for (const CommandMaker& maker : command_makers()) line.commands.push_back(maker.make());
    }
};

void write_page(const std::string& folder, const ProgramCommands& line, const Command* command) {
    runtime::replace_file(folder + "/" + manual_name(command) + ".1", manual_page(line, command));
}

int write_manual(const Words& words) {
    const WholeLine whole;
    const std::string& folder = words.front();
    runtime::make_folders(folder, runtime::output_mode(0755));
    write_page(folder, whole.line, nullptr);
    for (const Command& command : whole.line.commands) write_page(folder, whole.line, &command);
    return 0;
}

}  // namespace

Command completion_command() {
    Command command;
    command.name = "completion";
    command.uses_store = false;
    command.group = "System";
    command.summary = "print a script that completes command lines: bash, zsh or fish";
    command.usage = "SHELL";
    command.fewest_words = command.most_words = 1;
    command.run = [](Context&, const Words& words) {
        std::cout << completion_script(WholeLine().line, words.front());
        return 0;
    };
    return command;
}

Command debug_commands_command() {
    Command command;
    command.name = "commands";
    command.uses_store = false;
    command.summary = "print all commands and flags as JSON";
    command.run = [](Context&, const Words&) {
        std::cout << command_line_json(WholeLine().line);
        return 0;
    };
    return command;
}

Command debug_manual_command() {
    Command command;
    command.name = "manual";
    command.uses_store = false;
    command.summary = "write the manual pages into a folder";
    command.usage = "FOLDER";
    command.fewest_words = command.most_words = 1;
    command.run = [](Context&, const Words& words) { return write_manual(words); };
    return command;
}

}  // namespace builder
