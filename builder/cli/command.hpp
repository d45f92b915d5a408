// A command: its flags as data, and what it does. Parsing, help and everything else that speaks of flags comes from
// here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace builder {

class Context;

/// One flag of a command.
struct Flag {
    std::string name;         ///< without dashes
    char short_name = 0;      ///< 0: none
    std::string value_name;   ///< shown in the help; empty for a switch
    std::string description;  ///< one phrase, lower case, no full stop
    std::vector<std::string> aliases = {};
    std::function<void(const std::string&)> set =
        nullptr;  ///< called for each use, in order; a switch gets "true" or "false"
    bool hidden = false;
    /// Variables of the environment that stand for the flag where it is not given; the first that is set counts.
    std::vector<std::string> environment = {};
    std::string optional_value =
        {};  ///< where it may stand without a value: what it means then; a value comes after "="

    std::vector<std::string> defaults = {};  ///< given to `set` where the flag is not given
    bool keeps_defaults = false;             ///< those count beside what is given

    bool is_switch() const noexcept { return value_name.empty(); }
};

// Flags that fill a variable, which must outlive the parsing.
Flag flag(std::string name, char short_name, std::string description, bool& target);
Flag flag(std::string name, char short_name, std::string description, std::optional<bool>& target);
Flag flag(std::string name, char short_name, std::string value_name, std::string description, std::string& target);
Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::vector<std::string>& target);
Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::optional<std::string>& target);
Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::optional<std::int64_t>& target);
/// NAME=value pairs; a name alone takes its value from the environment, and is left out where that has none.
Flag flag(std::string name, char short_name, std::string value_name, std::string description,
          std::map<std::string, std::string>& target);

/// A flag that other tools have and this one has not yet: whoever uses it is told so by its name. A switch where
/// value_name is empty.
Flag missing_flag(std::string name, char short_name, std::string value_name, std::string description);
/// The same for values besides those that ask for nothing: they are taken.
Flag missing_flag(std::string name, char short_name, std::string value_name, std::string description,
                  std::vector<std::string> harmless_values);

/// Gives a flag its defaults, as it has to be where it was given or not. Throws Error.
void set_defaults(const Flag& flag, bool is_given);

/// Throws Error for what is neither true nor false.
bool parse_switch(const std::string& flag_name, const std::string& value);

/// Gives a flag variables of the environment: BUILDER_NAME, and BUILDAH_NAME, which scripts may have.
void take_from_environment(std::vector<Flag>& flags, const std::string& flag_name, const std::string& variable);

using Words = std::vector<std::string>;

struct Command {
    std::string name;
    std::vector<std::string> aliases;
    std::string group;  ///< heading in the help
    std::string summary;
    std::string usage;  ///< what follows the name: "[flags] CONTEXT"
    std::vector<Flag> flags;
    std::size_t fewest_words = 0;
    std::size_t most_words = 0;
    /// The flags get the defaults that containers.conf has for them; else only those about registries do.
    bool takes_defaults = false;
    bool stops_at_first_word = false;                ///< all behind the first word belongs to somebody else
    bool uses_store = true;                          ///< and so the rights of root, be it in a user namespace
    std::function<int(Context&, const Words&)> run;  ///< gives the exit code
    /// What the first word chooses from. A command that has some does nothing by itself.
    std::vector<Command> subcommands = {};
};

/// Follows the leading words to a subcommand and takes them out of `words`: of `debug` and "parse FILE" it makes
/// `debug parse`, which is then the command's whole name, and "FILE". A word that begins with "-" ends the way.
/// Throws Error with the nearest name for a subcommand that there is not.
Command choose_subcommand(Command command, Words& words);

/// Parses the words of a command line into the flags, and gives the words that are left.
/// Throws Error with a hint for an unknown flag, a missing value or a wrong number of words.
Words parse_command_line(const Command& command, const Words& line);

/// For the global flags: stops at the first word.
Words parse_flags(const std::string& name, const std::vector<Flag>& flags, const Words& line, bool stops_at_first_word);

}  // namespace builder
