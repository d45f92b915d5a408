// How the help of a command with many flags is arranged.
#pragma once

#include <string>
#include <vector>

namespace builder {

struct FlagGroup {
    std::string heading;
    std::vector<std::string> flags;  ///< names, in the order in which they are shown
};

struct HelpLayout {
    std::vector<std::string> examples;  ///< whole lines
    std::vector<FlagGroup> groups;      ///< the most used first; flags that are in none come last, sorted
};

/// Empty for commands whose flags are shown in one list.
HelpLayout help_layout(const std::string& command);

}  // namespace builder
