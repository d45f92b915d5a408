// Which flag named the file that an error is about.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

/// For an error about a file that is not there or cannot be used: the flag whose value, or a part of it (src=FILE),
/// is that file, as a hint: "--secret names it: id=x,src=FILE". Empty for other errors, and where no flag does.
std::string flag_hint(const std::vector<Flag>& flags, const Words& line, const std::string& error);

}  // namespace builder
