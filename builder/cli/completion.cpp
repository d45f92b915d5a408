#include <fmt/format.h>

#include "builder/cli/manual.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// The spellings of the flags: --name, -n.
std::vector<std::string> spellings(const std::vector<Flag>& flags) {
    std::vector<std::string> words;
    for (const Flag& flag : flags) {
        if (flag.hidden) continue;
        words.push_back("--" + flag.name);
        if (flag.short_name != 0) words.push_back(std::string("-") + flag.short_name);
    }
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> names_of(const Command& command) {
    std::vector<std::string> names = {command.name};
    names.insert(names.end(), command.aliases.begin(), command.aliases.end());
    return names;
}

/// What the words of a command are: names of containers, of images, or files.
enum class WordKind { files, containers, images, both };

WordKind kind_of(const Command& command) {
    if (command.usage.find("IMAGE|CONTAINER") != std::string::npos) return WordKind::both;
    if (command.usage.find("CONTAINER") != std::string::npos) return WordKind::containers;
    if (command.usage.find("IMAGE") != std::string::npos || command.name == "inspect") return WordKind::images;
    return WordKind::files;
}

const char* list_function(WordKind kind) {
    switch (kind) {
        case WordKind::containers:
            return "_builder_containers";
        case WordKind::images:
            return "_builder_images";
        case WordKind::both:
            return "_builder_containers_and_images";
        case WordKind::files:
            break;
    }
    return "";
}

/// Shared by bash and zsh: the names of what is in the store.
constexpr const char* name_functions =
    R"(_builder_containers() { builder containers --format '{{.ContainerName}}' 2>/dev/null; }
_builder_images() { builder images --format '{{.Name}}:{{.Tag}}' 2>/dev/null; }
_builder_containers_and_images() { _builder_containers; _builder_images; }
)";

std::string bash_cases(const ProgramCommands& line) {
    std::string text;
    for (const Command& command : line.commands) {
        std::vector<std::string> words = spellings(command.flags);
        for (const Command& one : command.subcommands) words.push_back(one.name);
        const char* const names = list_function(kind_of(command));
        text += fmt::format("        {}) flags='{}' names='{}' ;;\n", fmt::join(names_of(command), "|"), joined(words),
                            names);
    }
    return text;
}

constexpr const char* bash_function = R"sh(_builder() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command='' flags='' names='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${{COMP_WORDS[i]}} == -* ]] || {{ command=${{COMP_WORDS[i]}}; break; }}
    done
    if [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W '{} {}' -- "$word")
        return
    fi
    case $command in
{}    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word")
    elif [[ -n $names ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$names")" -- "$word"; compgen -f -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word"; compgen -f -- "$word")
    fi
}}
complete -o filenames -F _builder builder
)sh";

std::string bash_script(const ProgramCommands& line) {
    std::vector<std::string> commands;
    for (const Command& command : line.commands) commands.push_back(command.name);
    return "# Completion for bash: source this file, or put it into /usr/share/bash-completion/completions/builder.\n" +
           std::string(name_functions) +
           fmt::format(fmt::runtime(bash_function), joined(commands), joined(spellings(line.global_flags)),
                       bash_cases(line));
}

/// Within single quotes, and without what _arguments reads as its own.
std::string zsh_text(const std::string& text) {
    std::string result;
    for (const char byte : text) {
        if (byte == '\'')
            result += "'\\''";
        else if (byte == '[' || byte == ']' || byte == ':')
            result += std::string("\\") + byte;
        else
            result += byte;
    }
    return result;
}

std::string zsh_flags(const std::vector<Flag>& flags) {
    std::string text;
    for (const Flag& flag : flags) {
        if (flag.hidden) continue;
        const std::string value = flag.is_switch() ? "" : fmt::format(":{}:_files", zsh_text(flag.value_name));
        text += fmt::format(" \\\n                '*--{}[{}]{}'", flag.name, zsh_text(flag.description), value);
        if (flag.short_name != 0)
            text +=
                fmt::format(" \\\n                '*-{}[{}]{}'", flag.short_name, zsh_text(flag.description), value);
    }
    return text;
}

std::string zsh_script(const ProgramCommands& line) {
    std::string text = "#compdef builder\n# Completion for zsh: put this file into a folder of $fpath as _builder.\n" +
                       std::string(name_functions) + "_builder() {\n    local -a commands\n    commands=(\n";
    for (const Command& command : line.commands)
        text += fmt::format("        '{}:{}'\n", command.name, zsh_text(command.summary));
    text +=
        "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
        "    case ${words[2]} in\n";
    for (const Command& command : line.commands) {
        const char* const names = list_function(kind_of(command));
        const std::string rest = *names == '\0' ? "*:file:_files" : fmt::format("*:name:compadd - $({})", names);
        text += fmt::format("        {}) shift words; (( CURRENT-- )); _arguments{} \\\n                '{}' ;;\n",
                            fmt::join(names_of(command), "|"), zsh_flags(command.flags), rest);
    }
    return text + "    esac\n}\ncompdef _builder builder\n";
}

std::string fish_text(const std::string& text) {
    std::string result;
    for (const char byte : text) result += byte == '\'' ? "\\'" : byte == '\\' ? "\\\\" : std::string(1, byte);
    return result;
}

std::string fish_flags(const std::vector<Flag>& flags, const std::string& condition) {
    std::string text;
    for (const Flag& flag : flags) {
        if (flag.hidden) continue;
        const std::string short_name = flag.short_name != 0 ? fmt::format(" -s {}", flag.short_name) : "";
        text += fmt::format("complete -c builder -n '{}' -l {}{}{} -d '{}'\n", condition, flag.name, short_name,
                            flag.is_switch() ? "" : " -r", fish_text(flag.description));
    }
    return text;
}

std::string fish_script(const ProgramCommands& line) {
    std::string text =
        "# Completion for fish: put this file into ~/.config/fish/completions as builder.fish.\n"
        "function __builder_containers; builder containers --format '{{.ContainerName}}' 2>/dev/null; end\n"
        "function __builder_images; builder images --format '{{.Name}}:{{.Tag}}' 2>/dev/null; end\n"
        "function __builder_containers_and_images; __builder_containers; __builder_images; end\n";
    text += fish_flags(line.global_flags, "__fish_use_subcommand");
    for (const Command& command : line.commands) {
        const std::string condition = "__fish_seen_subcommand_from " + joined(names_of(command));
        text += fmt::format("complete -c builder -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                            fish_text(command.summary));
        text += fish_flags(command.flags, condition);
        if (const WordKind kind = kind_of(command); kind != WordKind::files)
            text += fmt::format("complete -c builder -n '{}' -a '(_{})'\n", condition, list_function(kind));
        for (const Command& one : command.subcommands)
            text +=
                fmt::format("complete -c builder -n '{}' -a {} -d '{}'\n", condition, one.name, fish_text(one.summary));
    }
    return text;
}

}  // namespace

std::string completion_script(const ProgramCommands& line, const std::string& shell) {
    if (shell == "bash") return bash_script(line);
    if (shell == "zsh") return zsh_script(line);
    if (shell == "fish") return fish_script(line);
    throw runtime::Error("there is no completion for the shell {}", runtime::quoted(shell))
        .with_hint("there are bash, zsh and fish");
}

}  // namespace builder
