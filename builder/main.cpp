// The program: global flags, the command, one place that prints errors.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "builder/cli/command_context.hpp"
#include "builder/cli/containers_conf.hpp"
#include "builder/cli/docker_words.hpp"
#include "builder/cli/flag_of_file.hpp"
#include "builder/cli/help.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/published_state.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/store_limits.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/prune.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/suggest.hpp"
#include "builder/version.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/exit_code.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/umask.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::ExitCode;

int print(const std::string& text) {
    std::cout << text;
    return static_cast<int>(ExitCode::ok);
}

/// Many layers and many stages need many descriptors; the usual soft limit of 1024 is for programs that use select().
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string all_help(const std::vector<Flag>& flags) {
    std::vector<Command> commands;
    for (const CommandMaker& maker : command_makers()) commands.push_back(maker.make());
    return program_help(commands, flags);
}

/// The lines that Buildah has below an unknown command: names that begin with it or are nearly it.
std::string suggestions(const std::string& word) {
    std::string text;
    for (const CommandMaker& maker : command_makers()) {
        const std::string name = maker.names.front();
        if (name.starts_with(word) || edit_distance(name, word) <= 2) text += "\t" + name + "\n";
    }
    return text.empty() ? "" : "\n\nDid you mean this?\n" + text;
}

Command find_command(const std::string& name) {
    for (const CommandMaker& maker : command_makers())
        for (const char* known : maker.names)
            if (name == known) return maker.make();
    throw Error("unknown command \"{}\" for \"builder\"{}", name, suggestions(name))
        .with_hint("builder --help lists the commands");
}

bool asks_for_help(const Command& command, const Words& words) {
    for (const std::string& word : words) {
        if (word == "--help" || word == "-h") return true;
        if (word == "--" || (command.stops_at_first_word && !word.starts_with("-"))) return false;
    }
    return false;
}

/// What containers.conf says, for commands with flags that it speaks of.
void take_defaults(Command& command) {
    // A file that cannot be read is told of whatever the command is: what it says may be why it was written.
    static_cast<void>(containers_conf());
    const auto talks_to_registries = [](const Flag& flag) { return flag.name == "retry"; };
    const bool has_any = std::any_of(command.flags.begin(), command.flags.end(), talks_to_registries);
    if (command.takes_defaults)
        give_defaults(command.flags, containers_conf());
    else if (has_any)
        give_registry_defaults(command.flags, containers_conf());
}

void choose_log_level(const GlobalOptions& options) {
    const auto level = runtime::parse_log_level(options.debug ? "debug" : options.log_level);
    if (!level)
        throw Error("unable to parse log level: not a valid logrus Level: \"{}\"", options.log_level)
            .with_hint("it takes trace, debug, info, warn, error, fatal or panic");
    runtime::set_log_level(*level);
}

/// The flags that belong before the command are taken behind it too, as scripts for other tools have them, unless the
/// command has one of that name.
void take_late(Command& command, const std::vector<Flag>& global) {
    for (Flag late : global) {
        const auto has_its_name = [&](const Flag& one) { return one.name == late.name; };
        if (late.name == "version" || late.name == "help" ||
            std::any_of(command.flags.begin(), command.flags.end(), has_its_name))
            continue;
        late.environment.clear();  // It was asked before.
        late.short_name = 0;
        late.hidden = true;
        command.flags.push_back(std::move(late));
    }
}

/// Where the disk is full: what prune would give. Nothing where that cannot be found out.
std::string room_hint(Context& context) {
    try {
        layers::Store& store = context.store();
        const std::int64_t bytes = store.garbage().plan(unwanted_images(store, false), {}).freed_bytes;
        if (bytes > 0) return fmt::format("builder prune would free {}", human_size(bytes));
        return "builder prune has nothing to free; builder images lists what takes room";
    } catch (const Error&) {
        return "";
    }
}

int run_command(const Command& command, Context& context, const Words& arguments, const Words& line) {
    try {
        return command.run(context, arguments);
    } catch (Error& error) {
        const std::string text = error.full_message();
        const auto says = [&](int number) { return text.find(runtime::errno_text(number)) != std::string::npos; };
        if (command.uses_store && (says(ENOSPC) || says(EDQUOT))) error.with_hint(room_hint(context));
        error.with_hint(flag_hint(command.flags, line, text));
        throw;
    }
}

int run_program(const Words& line) {
    GlobalOptions options;
    const std::vector<Flag> flags = global_flags(options);
    const Words given = parse_flags("builder", flags, line, true);
    const Words global(line.begin(), line.end() - static_cast<std::ptrdiff_t>(given.size()));
    const Words words = docker_words(given);
    choose_log_level(options);
    if (options.version) return print(std::string("builder version ") + version + "\n");
    if (words.empty() || options.help) return print(all_help(flags));
    if (words.front() == "help") {
        if (words.size() == 1) return print(all_help(flags));
        Words path(words.begin() + 2, words.end());
        return print(command_help(choose_subcommand(find_command(words[1]), path)));
    }
    Words rest(words.begin() + 1, words.end());
    Command command = choose_subcommand(find_command(words.front()), rest);
    if (asks_for_help(command, rest)) return print(command_help(command));
    raise_descriptor_limit();
    take_defaults(command);
    take_late(command, flags);
    if (!command.subcommands.empty() && rest.empty()) return print(command_help(command));
    const Words arguments = parse_command_line(command, rest);
    choose_log_level(options);
    Context context(options);
    context.note_command_line(global, rest);
    runtime::log_debug("builder {} does {} as process {} of user {}", version, command.name, ::getpid(), ::geteuid());
    // Here, because threads cannot follow into a user namespace.
    if (command.uses_store) runtime::acquire_rights();
    // However it ends: what it changed before it failed is in the store.
    const PublishedState published(context);
    const int exit_code = run_command(command, context, arguments, rest);
    keep_store_limits(context);
    return exit_code;
}

int report(const Error& error) {
    std::fputs(runtime::render_error(error, ::isatty(STDERR_FILENO) == 1).c_str(), stderr);
    const bool is_interrupted = error.exit_code() == static_cast<int>(ExitCode::interrupted);
    return is_interrupted ? interrupted_exit_code() : error.exit_code();
}

/// The first ones: what follows is mostly made by them.
void report_others(const std::vector<Error>& errors) {
    constexpr std::size_t most = 9;
    for (std::size_t i = 0; i < std::min(most, errors.size()); ++i) report(errors[i]);
    if (errors.size() > most) std::fputs(fmt::format("and {} more errors\n", errors.size() - most).c_str(), stderr);
}

}  // namespace
}  // namespace builder

int main(int count, char** words) {
    runtime::replace_umask();
    try {
        return builder::run_program({words + 1, words + count});
    } catch (const builder::SyntaxErrors& errors) {
        builder::report(errors);
        builder::report_others(errors.others());
        return errors.exit_code();
    } catch (const runtime::Error& error) {
        return builder::report(error);
    } catch (const std::exception& error) {
        return builder::report(runtime::Error("{}", error.what()));
    }
}
