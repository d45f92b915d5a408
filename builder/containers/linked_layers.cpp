#include "builder/containers/linked_layers.hpp"

#include <cstdio>

#include "builder/containers/container_removal.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

std::string folder_of(const WorkingContainer& container) {
    return folder_beside(container) + "/linked";
}

}  // namespace

void keep_linked_layer(WorkingContainer& container, layers::StagedLayer& staged, const std::string& created_by) {
    staged.finish();
    runtime::make_folders(folder_of(container), 0700);
    const LinkedLayer layer{layers::random_name(), created_by, runtime::rfc3339_now()};
    const std::string place = folder_of(container) + "/" + layer.name;
    if (std::rename(staged.path().c_str(), place.c_str()) != 0)
        throw runtime::SystemError("cannot move a layer to {}", runtime::quoted(place));
    staged.release();
    container.change_state([&](ContainerState& state) { state.linked_layers.push_back(layer); });
}

std::string path_of(const WorkingContainer& container, const LinkedLayer& layer) {
    return folder_of(container) + "/" + layer.name + "/diff";
}

}  // namespace builder
