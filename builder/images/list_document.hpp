// A manifest list as it is shown: in the order of fields that people and scripts know.
#pragma once

#include <nlohmann/json.hpp>

#include "builder/images/manifest_list.hpp"

namespace builder {

/// With the files that artifacts were made of, which the index that is pushed does not have. An empty list looks as
/// Buildah's does, which is Docker's till something is in it.
nlohmann::ordered_json document_of(ManifestList& list);

}  // namespace builder
