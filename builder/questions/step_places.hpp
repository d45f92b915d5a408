// Where in a Containerfile the steps stand that made layers: out of the records of builds.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "layers/store/build_files.hpp"

namespace builder {

struct StepPlace {
    std::string file;      ///< the Containerfile, as it was named when it was built
    std::size_t line = 0;  ///< from 1
    std::string text;      ///< the instruction, as it stands there
    std::string build;     ///< ID of the record
};

/// By diff ID, the steps that made these layers. Where several builds did, the one counts that made the first of the
/// images (IDs with their algorithm: the image that is looked at, then those that it stands on), else the newest.
/// Layers that no record knows are left out, and so are records that cannot be read: they are no part of the answer.
std::map<std::string, StepPlace> find_step_places(const layers::BuildFiles& builds,
                                                  const std::vector<std::string>& images,
                                                  const std::set<std::string>& diff_ids);

}  // namespace builder
