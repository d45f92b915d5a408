// How flags are read: Buildah's rules for the words of a command line, and its sentences for what is wrong with them.
#pragma once

#include <string>

#include "builder/cli/command.hpp"

namespace builder {

/// The sentence for a word that looks like a flag and is none: `unknown flag: --name`.
std::string unknown_flag(const std::string& word);

/// The sentence for a value that a flag does not take. `why` is one of the three below, or words of one's own.
std::string invalid_value(const Flag& flag, const std::string& value, const std::string& why);
/// "strconv.ParseBool: parsing "x": invalid syntax": what Go says of a text that is no value of a kind.
std::string no_such_value(const std::string& parser, const std::string& value);

/// "true" or "false" for what Buildah takes as one of them on a command line: 1, t, T, TRUE, true, True and so on.
/// Throws Error for another text.
std::string switch_value(const Flag& flag, const std::string& value);

/// The words as the parser knows them: `-q=true` becomes `--quiet=true`, and `--name=`, an empty value, two words.
Words for_parser(const std::vector<Flag>& flags, const Words& line, bool stops_at_first_word);

/// Stands for an empty value of a flag that may have none: `--pull=` is not `--pull`.
constexpr const char* empty_value = "\x01";

/// The values that one use of a flag gives: of flags that take lists, as many as there are between commas (a CSV
/// record, with "" around what has commas itself). `command`: "builder config". Throws Error for a bad record.
Words values_of(const std::string& command, const Flag& flag, const std::string& value);

}  // namespace builder
