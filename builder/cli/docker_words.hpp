// Command lines of Docker: their commands of two and three words, as commands of builder.
#pragma once

#include "builder/cli/command.hpp"

namespace builder {

/// "buildx build …" is "build …", "image ls …" is "images …". What is none of Docker's forms is given back as it is.
/// Throws Error for a command of Docker's that has no counterpart here, and says what there is.
Words docker_words(Words words);

}  // namespace builder
