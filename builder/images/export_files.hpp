// The files of a stage without an image around them (--output), and fewer layers of them (--squash, --layers=false).
#pragma once

#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "layers/store/store.hpp"

namespace builder {

struct ExportSpec {
    bool as_tar = false;
    std::string destination;  ///< a folder; a file, or "-" for standard output
};

/// "type=local,dest=FOLDER", "type=tar,dest=FILE", "FOLDER" or "-". Throws Error for anything else.
std::vector<ExportSpec> parse_exports(const std::vector<std::string>& texts);

/// Writes all files of the stage. A folder that exists is added to; its own files of other names stay.
void export_files(layers::Store& store, const StageState& state, const ExportSpec& spec);

/// The same stage with one layer of all its files. The diff ID is known when this returns.
StageState squash(layers::Store& store, StageState state, const layers::TimeRule& times);

/// The same stage with one layer on top of those of its base image. The diff ID is known when this returns.
StageState join_layers(layers::Store& store, StageState state, const layers::TimeRule& times);

}  // namespace builder
