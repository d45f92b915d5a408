// What commands say of words that are too few, too many or in the wrong place: Buildah's sentences, which scripts know.
#pragma once

#include <string>

#include "builder/cli/command.hpp"

namespace builder {

/// Whether all flags of a command stand in front of its first word.
bool has_flags_first(const std::string& command);

/// Refuses words that look like flags, and a number of words that the command does not take. Throws Error with how the
/// command is used as its hint.
void check_words(const Command& command, const Words& words);

}  // namespace builder
