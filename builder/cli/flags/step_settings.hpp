// Which flags of `build` say what the containers of RUN are like. What was asked for by them is part of the key of each
// RUN, as it was given, and not what the machine could do of it: a build by root and one by an ordinary user share
// records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/steps/run_step.hpp"

namespace builder {

enum class KeyPart {
    asked,      ///< the value is part of the key of RUN
    otherwise,  ///< what it gives to a step is in the key already, by another name
    none,       ///< no value of it changes what a step makes
};

/// Nothing for a flag that has no place in the table: a test fails until a new one is put there.
std::optional<KeyPart> key_part_of(const std::string& flag);

/// Has the values of KeyPart::asked noted as they are given, by the command line, the environment or a settings file.
/// `noted` must outlive the parsing.
void note_asked_settings(std::vector<Flag>& flags, std::vector<AskedSetting>& noted);

}  // namespace builder
