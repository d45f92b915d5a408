// HEALTHCHECK: its flags and its command.
#pragma once

#include "builder/syntax/instruction_request.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// Throws Error for a type other than CMD and NONE, a missing command, a bad interval or number of retries.
InstructionBody parse_healthcheck(const InstructionRequest& request);

}  // namespace builder
