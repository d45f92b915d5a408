// What the checks and the parser report without stopping.
#pragma once

#include <string>

#include "builder/syntax/syntax_tree.hpp"

namespace builder {

struct Warning {
    std::string rule;     ///< the name of the check, such as NoEmptyContinuation
    std::string message;  ///< one sentence that stands by itself
    Location location;
};

}  // namespace builder
