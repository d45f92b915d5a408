#include "builder/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "builder/cli/flag_words.hpp"
#include "builder/cli/word_counts.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::string names_for_parser(const Flag& flag) {
    std::string names = flag.short_name != 0 ? fmt::format("-{},--{}", flag.short_name, flag.name) : "--" + flag.name;
    for (const std::string& alias : flag.aliases) names += (alias.size() == 1 ? ",-" : ",--") + alias;
    if (!flag.optional_value.empty()) names += "{" + flag.optional_value + "}";
    return names;
}

/// One phrase for all that may be wrong with an unknown word that looks like a flag.
[[noreturn]] void throw_unknown_flag(const std::string& command, const std::vector<Flag>& flags,
                                     const std::string& word) {
    std::vector<std::string_view> names;
    for (const Flag& flag : flags) {
        names.push_back(flag.name);
        for (const std::string& alias : flag.aliases) names.push_back(alias);
    }
    Error error("{}", unknown_flag(word));
    const std::string bare =
        word.substr(word.find_first_not_of('-') == std::string::npos ? 0 : word.find_first_not_of('-'));
    const std::string nearest = nearest_name(bare.substr(0, bare.find('=')), names);
    if (!nearest.empty()) error.with_hint(fmt::format("did you mean --{}?", nearest));
    error.with_hint(fmt::format("{} --help lists the flags", command));
    throw error;
}

/// The sentence for the flag at the end of the line, behind which its value should stand.
std::string missing_value(const std::vector<Flag>& flags, const Words& line) {
    const std::string word = line.empty() ? "" : line.back();
    if (word.starts_with("--")) return "flag needs an argument: " + word;
    if (word.size() > 1) return fmt::format("flag needs an argument: '{}' in {}", word.back(), word);
    return fmt::format("one of {} flags needs an argument", flags.size());
}

/// The parser gives "-1" for a switch that is turned off.
void set_flag(const std::string& command, const Flag& flag, const std::string& value) {
    if (flag.is_switch()) return flag.set(switch_value(flag, value == "-1" ? "false" : value));
    for (const std::string& one : values_of(command, flag, value)) flag.set(one == empty_value ? "" : one);
}

struct BoundFlag {
    const Flag* flag;
    CLI::Option* option;
};

std::vector<BoundFlag> bind_flags(CLI::App& parser, const std::vector<Flag>& flags) {
    std::vector<BoundFlag> bound;
    for (const Flag& flag : flags) {
        const bool is_flag = flag.is_switch() || !flag.optional_value.empty();
        CLI::Option* const option =
            is_flag ? parser.add_flag(names_for_parser(flag)) : parser.add_option(names_for_parser(flag));
        if (!is_flag)
            option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
        bound.push_back({&flag, option});
    }
    return bound;
}

}  // namespace

bool parse_switch(const std::string& flag_name, const std::string& value) {
    if (value == "true" || value == "1" || value == "yes" || value == "on") return true;
    if (value == "false" || value == "0" || value == "no" || value == "off" || value == "-1") return false;
    throw Error("--{} takes true or false, not {}", flag_name, quoted(value));
}

Flag flag(std::string name, char short_name, std::string description, bool& target) {
    Flag result{name, short_name, "", std::move(description)};
    result.set = [name = std::move(name), &target](const std::string& value) { target = parse_switch(name, value); };
    return result;
}

Flag flag(std::string name, char short_name, std::string description, std::optional<bool>& target) {
    Flag result{name, short_name, "", std::move(description)};
    result.set = [name = std::move(name), &target](const std::string& value) { target = parse_switch(name, value); };
    return result;
}

Flag flag(std::string name, char short_name, std::string value_name, std::string description, std::string& target) {
    Flag result{std::move(name), short_name, std::move(value_name), std::move(description)};
    result.set = [&target](const std::string& value) { target = value; };
    return result;
}

Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::vector<std::string>& target) {
    Flag result{std::move(name), short_name, std::move(value_name), std::move(description)};
    result.set = [&target](const std::string& value) { target.push_back(value); };
    return result;
}

Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::optional<std::string>& target) {
    Flag result{std::move(name), short_name, std::move(value_name), std::move(description)};
    result.set = [&target](const std::string& value) { target = value; };
    return result;
}

Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::optional<std::int64_t>& target) {
    Flag result{name, short_name, std::move(value_name), std::move(description)};
    result.set = [name = std::move(name), &target](const std::string& value) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size())
            throw Error("{}", invalid_value(Flag{name, 0, "NUMBER", ""}, value, no_such_value("ParseInt", value)))
                .with_hint("it takes a whole number");
        target = number;
    };
    return result;
}

Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::map<std::string, std::string>& target) {
    Flag result{std::move(name), short_name, std::move(value_name), std::move(description)};
    result.set = [&target](const std::string& text) {
        const auto equals = text.find('=');
        if (equals == 0 || text.empty()) return;  // It is nobody's.
        if (equals != std::string::npos)
            target[text.substr(0, equals)] = text.substr(equals + 1);
        else if (const char* value = std::getenv(text.c_str()))
            target[text] = value;
        else
            target.erase(text);
    };
    return result;
}

void take_from_environment(std::vector<Flag>& flags, const std::string& flag_name, const std::string& variable) {
    for (Flag& one : flags)
        if (one.name == flag_name) one.environment = {"BUILDER_" + variable, "BUILDAH_" + variable};
}

Flag missing_flag(std::string name, char short_name, std::string value_name, std::string description) {
    return missing_flag(std::move(name), short_name, std::move(value_name), std::move(description), {"", "false"});
}

Flag missing_flag(std::string name, char short_name, std::string value_name, std::string description,
                  std::vector<std::string> harmless_values) {
    Flag result{name, short_name, std::move(value_name), std::move(description) + " (not there yet)"};
    result.set = [name = std::move(name), harmless = std::move(harmless_values)](const std::string& value) {
        if (std::find(harmless.begin(), harmless.end(), value) == harmless.end())
            throw Error("--{} is not there yet", name)
                .with_hint("leave it out, where the result does not depend on it");
    };
    return result;
}

namespace {

void set_from_environment(const Flag& flag) {
    for (const std::string& variable : flag.environment) {
        const char* const value = std::getenv(variable.c_str());
        if (value == nullptr || *value == '\0') continue;
        try {
            flag.set(value);
        } catch (Error& error) {
            error.add_context("the variable {} of the environment", variable);
            throw;
        }
        return;
    }
}

}  // namespace

void set_defaults(const Flag& flag, bool is_given) {
    if (is_given && !flag.keeps_defaults) return;
    try {
        for (const std::string& value : flag.defaults) flag.set(value);
    } catch (Error& error) {
        error.add_context("the default of --{} in containers.conf", flag.name);
        throw;
    }
}

Words parse_flags(const std::string& name, const std::vector<Flag>& flags, const Words& line,
                  bool stops_at_first_word) {
    CLI::App parser;
    parser.set_help_flag();
    parser.allow_extras();
    if (stops_at_first_word) parser.prefix_command();
    const std::vector<BoundFlag> bound = bind_flags(parser, flags);
    try {
        const Words words = for_parser(flags, line, stops_at_first_word);
        parser.parse(Words(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& error) {
        throw Error("{}", dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr
                              ? missing_value(flags, line)
                              : fmt::format("{}: {}", name, error.what()))
            .with_hint(fmt::format("{} --help shows how it is used", name));
    }
    Words words = parser.remaining();
    // A lone "--" ends the flags; what stands behind it is taken as it is.
    const auto end_of_flags = std::find(line.begin(), line.end(), "--");
    const std::size_t behind = static_cast<std::size_t>(line.end() - end_of_flags);
    const std::size_t checked =
        stops_at_first_word ? std::min<std::size_t>(words.size(), 1) : words.size() - std::min(words.size(), behind);
    for (std::size_t i = 0; i < checked; ++i)
        if (words[i].size() > 1 && words[i].front() == '-' && words[i] != "--")
            throw_unknown_flag(name, flags, words[i]);
    if (const auto dashes = std::find(words.begin(), words.end(), "--"); dashes != words.end() && !stops_at_first_word)
        words.erase(dashes);
    for (const BoundFlag& entry : bound) {
        set_defaults(*entry.flag, entry.option->count() > 0);
        if (entry.option->count() == 0) set_from_environment(*entry.flag);
        for (const std::string& value : entry.option->results()) set_flag(name, *entry.flag, value);
    }
    return words;
}

Command choose_subcommand(Command command, Words& words) {
    while (!command.subcommands.empty() && !words.empty() && !words.front().starts_with("-")) {
        const std::string word = words.front();
        const std::string group = command.name;
        std::vector<std::string> names;
        std::optional<Command> chosen;
        for (Command& one : command.subcommands) {
            const bool is_alias = std::find(one.aliases.begin(), one.aliases.end(), word) != one.aliases.end();
            names.push_back(one.name);
            if (one.name == word || is_alias) chosen = std::move(one);
        }
        if (!chosen)
            throw Error("builder {} has no subcommand {}", group, quoted(word))
                .with_hint(did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end())))
                .with_hint(fmt::format("there {} {}", names.size() == 1 ? "is" : "are", fmt::join(names, ", ")));
        command = *std::move(chosen);
        command.name = group + " " + command.name;
        words.erase(words.begin());
    }
    return command;
}

namespace {

/// A word too many may be meant for a flag before it that takes its value behind "=" alone.
std::string hint_for_late_value(const Command& command, const Words& line) {
    for (const Flag& flag : command.flags)
        for (std::size_t i = 0; i + 1 < line.size(); ++i)
            if (!flag.optional_value.empty() && line[i] == "--" + flag.name && !line[i + 1].starts_with('-'))
                return fmt::format("--{0} takes its value behind =: --{0}={1}", flag.name, line[i + 1]);
    return "";
}

}  // namespace

Words parse_command_line(const Command& command, const Words& line) {
    const std::string name = "builder " + command.name;
    if (!command.subcommands.empty())
        throw Error("{} needs a subcommand", name).with_hint(fmt::format("{} --help lists them", name));
    const bool has_flags_in_front = has_flags_first(command.name);
    Words words = parse_flags(name, command.flags, line, command.stops_at_first_word || has_flags_in_front);
    if (has_flags_in_front && !words.empty() && words.front() == "--") words.erase(words.begin());
    try {
        check_words(command, words);
    } catch (Error& error) {
        const std::string hint = hint_for_late_value(command, line);
        if (hint.empty() || words.size() <= command.most_words) throw;
        throw Error("{}", error.message()).with_hint(hint);
    }
    return words;
}

}  // namespace builder
