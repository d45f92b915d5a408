#include "builder/cli/flag_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

const Flag* find_flag(const std::vector<Flag>& flags, const std::string& word) {
    const bool is_long = word.starts_with("--");
    const auto matches = [&](const Flag& flag) {
        if (!is_long) return flag.short_name == word[1];
        const std::string name = word.substr(2);
        return flag.name == name || std::find(flag.aliases.begin(), flag.aliases.end(), name) != flag.aliases.end();
    };
    const auto found = std::find_if(flags.begin(), flags.end(), matches);
    return found == flags.end() ? nullptr : &*found;
}

/// Whether the next word belongs to this one: "--name", "-n".
bool waits_for_value(const std::vector<Flag>& flags, const std::string& word) {
    if (word.size() < 2 || word[0] != '-' || word == "--" || word.find('=') != std::string::npos) return false;
    if (word[1] != '-' && word.size() > 2) return false;
    const Flag* const flag = find_flag(flags, word);
    return flag != nullptr && !flag->is_switch() && flag->optional_value.empty();
}

/// Flags that mean the same for every command, and such of single ones.
bool takes_list(const std::string& command, std::string_view flag) {
    constexpr std::array everywhere = {"add-host",   "cap-add",      "cap-drop",       "dns",     "dns-search",
                                       "dns-option", "group-add",    "ulimit",         "exclude", "unsetenv",
                                       "unsetlabel", "runtime-flag", "unsetannotation"};
    constexpr std::array of_config = {"onbuild", "port", "volume"};
    constexpr std::array of_manifest = {"annotation", "features", "os-features"};
    const auto has = [&](const auto& names) { return std::find(names.begin(), names.end(), flag) != names.end(); };
    return has(everywhere) || (command == "builder config" && has(of_config)) ||
           (command.starts_with("builder manifest") && has(of_manifest));
}

[[noreturn]] void throw_bad_record(const Flag& flag, const std::string& value, std::size_t place, bool is_quoted) {
    const std::string why = is_quoted ? "extraneous or missing \" in quoted-field" : "bare \" in non-quoted-field";
    throw runtime::Error(
        "{}", invalid_value(flag, value, fmt::format("parse error on line 1, column {}: {}", place + 1, why)));
}

}  // namespace

std::string unknown_flag(const std::string& word) {
    if (word.starts_with("---") || word.starts_with("--=")) return "bad flag syntax: " + word;
    if (word.starts_with("--")) return "unknown flag: " + word.substr(0, word.find('='));
    return fmt::format("unknown shorthand flag: '{}' in {}", word[1], word);
}

std::string invalid_value(const Flag& flag, const std::string& value, const std::string& why) {
    const std::string name =
        flag.short_name != 0 ? fmt::format("-{}, --{}", flag.short_name, flag.name) : "--" + flag.name;
    return fmt::format("invalid argument \"{}\" for \"{}\" flag: {}", value, name, why);
}

std::string no_such_value(const std::string& parser, const std::string& value) {
    return fmt::format("strconv.{}: parsing \"{}\": invalid syntax", parser, value);
}

std::string switch_value(const Flag& flag, const std::string& value) {
    constexpr std::array yes = {"1", "t", "T", "TRUE", "true", "True"};
    constexpr std::array no = {"0", "f", "F", "FALSE", "false", "False"};
    if (std::find(yes.begin(), yes.end(), value) != yes.end()) return "true";
    if (std::find(no.begin(), no.end(), value) != no.end()) return "false";
    throw runtime::Error("{}", invalid_value(flag, value, no_such_value("ParseBool", value)))
        .with_hint("it takes true or false");
}

Words for_parser(const std::vector<Flag>& flags, const Words& line, bool stops_at_first_word) {
    Words words;
    bool has_ended = false;
    bool is_value = false;  ///< of the flag in front
    for (const std::string& word : line) {
        if (std::exchange(is_value, false)) {
            words.push_back(word);
            continue;
        }
        is_value = !has_ended && waits_for_value(flags, word);
        has_ended = has_ended || word == "--" || (stops_at_first_word && !word.starts_with('-'));
        const std::size_t equals = word.find('=');
        const bool is_short = word.size() > 2 && word[0] == '-' && word[1] != '-' && equals == 2;
        const bool is_empty = word.starts_with("--") && equals == word.size() - 1;
        const Flag* const flag =
            has_ended || !(is_short || is_empty) ? nullptr : find_flag(flags, word.substr(0, equals));
        if (flag == nullptr) {
            words.push_back(word);
        } else if (flag->is_switch() || !flag->optional_value.empty()) {
            if (is_empty && flag->is_switch()) static_cast<void>(switch_value(*flag, ""));
            words.push_back("--" + flag->name + word.substr(equals) +
                            (is_empty && !flag->is_switch() ? empty_value : ""));
        } else {
            words.push_back("--" + flag->name);
            words.push_back(word.substr(equals + 1));
        }
    }
    return words;
}

Words values_of(const std::string& command, const Flag& flag, const std::string& value) {
    if (!takes_list(command, flag.name) || value.find_first_of(",\"") == std::string::npos) return {value};
    Words values(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool begins = !is_quoted && values.back().empty() && (i == 0 || value[i - 1] == ',');
        if (value[i] == '"' && begins)
            is_quoted = true;
        else if (value[i] == '"' && is_quoted && value.substr(i + 1, 1) == "\"")
            values.back() += value[i++];
        else if (value[i] == '"' && is_quoted && (i + 1 == value.size() || value[i + 1] == ','))
            is_quoted = false;
        else if (value[i] == '"')
            throw_bad_record(flag, value, i, is_quoted);
        else if (value[i] == ',' && !is_quoted)
            values.emplace_back();
        else
            values.back() += value[i];
    }
    if (is_quoted) throw_bad_record(flag, value, value.size(), true);
    return values;
}

}  // namespace builder
