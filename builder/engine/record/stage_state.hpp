// What a stage is at any moment of its build: files, configuration, variables.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "builder/engine/record/sealed_layer.hpp"
#include "builder/plan/variables.hpp"
#include "layers/digest.hpp"
#include "layers/oci/image_config.hpp"
#include "overlay/layered_view.hpp"

namespace builder {

struct StageState {
    layers::oci::ImageConfig config;          ///< without diff IDs, which are not known before all layers are
    Variables variables;                      ///< ENV and ARG, as RUN and expansion see them
    std::vector<std::string> argument_names;  ///< declared by ARG, for the history
    std::vector<SealedLayerPointer> layers;   ///< bottom first
    std::optional<layers::Digest> base_image = std::nullopt;  ///< what it began with, if that was an image
    std::size_t image_layers = 0;                             ///< how many of them came with the base image
    std::size_t image_history = 0;                            ///< the same of the entries of the history
    std::string base_name = {};  ///< of an image that the stage begins with, till the history has it; may be empty
    layers::Digest files_key = key_of_nothing();
    /// Names the very files: two runs of the steps that `files_key` tells of may have given different ones.
    std::string files_run = key_of_nothing().text();
    std::map<std::string, std::string> annotations = {};  ///< of the manifest, as far as the base image gives them
    bool has_cmd = false;                                 ///< CMD was set in this stage, so ENTRYPOINT keeps it
    std::vector<std::string> volumes_to_make = {};        ///< by the next RUN, where they are missing then

    /// Folders to stack, topmost first.
    std::vector<std::string> lower_folders() const { return folders_of(layers); }

    /// The files as one tree. Kept between steps, so that each new layer is opened once. Not thread-safe.
    const overlay::LayeredView& view() const {
        const std::vector<std::string> folders = lower_folders();
        if (!view_ || folders.size() < viewed_)
            view_ = std::make_shared<overlay::LayeredView>(std::vector<std::string>{}, overlay::store_marks()),
            viewed_ = 0;
        for (; viewed_ < folders.size(); ++viewed_)
            view_ = std::make_shared<overlay::LayeredView>(*view_, folders[folders.size() - 1 - viewed_]);
        return *view_;
    }

private:
    mutable std::shared_ptr<const overlay::LayeredView> view_;
    mutable std::size_t viewed_ = 0;  ///< layers in it
    static layers::Digest key_of_nothing() { return layers::Digest::of("scratch"); }
};

}  // namespace builder
