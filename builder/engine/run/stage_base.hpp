// What a stage begins with.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "builder/engine/run/executor.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// FROM as it is obeyed: with its variables expanded.
std::string shown_from(const StagePlan& stage);

/// The error with the name of the stage that was perhaps meant, where one above is named nearly like the image. That is
/// likelier than any other name of an image, so the hint takes the place of the error's own.
runtime::Error with_nearest_stage(const runtime::Error& error, const std::vector<StagePlan>& stages,
                                  const std::string& name, std::size_t current);

/// Takes from the state of a base what a stage does not inherit, and adds what is set before its first instruction.
void inherit(const Inheritance& inheritance, StageState& state);

}  // namespace builder
