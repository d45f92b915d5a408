// Lists of what is in an image (SBOM): made by programs of a scanner image that look at the image's files and at the
// context, then put together, and written beside the image or into it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/steps/run_step.hpp"

namespace builder {

struct SbomRequest {
    std::string scanner_image;
    /// Words for the scanner. {ROOTFS} is the folder with the image's files, {CONTEXT} that with the context, {OUTPUT}
    /// the file to write. A command that speaks of a context is left out where there is none.
    std::vector<std::string> commands;
    std::string merge_strategy;     ///< empty: cat
    std::string output;             ///< files of this machine; empty: none
    std::string purl_output;        ///< just the package URLs
    std::string image_output;       ///< the same in the image
    std::string image_purl_output;  ///< the same

    bool is_wanted() const noexcept { return !scanner_image.empty() && !commands.empty(); }
};

/// What a word like syft or trivy-spdx stands for. Throws Error with the words there are.
SbomRequest sbom_preset(const std::string& name);
/// Throws Error for a strategy that there is not.
void check_merge_strategy(const std::string& name);

/// Documents of several scans as one. Throws Error for what is no document of the strategy's kind.
std::string merge_sboms(const std::vector<std::string>& documents, const std::string& strategy);
/// The package URLs of documents in CycloneDX or SPDX, as JSON: each once, sorted.
std::string list_package_urls(const std::vector<std::string>& documents);

/// What scans are made with; all of it outlives the call.
struct SbomTools {
    layers::Store& store;
    CommandRunner& runner;
    const ImageFinder& images;
    BuildObserver& observer;
    runtime::NetworkMode network;  ///< of the scans: that of the other steps
    std::string platform;          ///< of the scanner's image
    std::string context_folder;    ///< empty: there is none
    layers::TimeRule times;        ///< of the files that go into the image
};

/// Scans an image that is about to be committed, writes the files that are asked for, and adds a layer with those that
/// go into the image. Throws Error where a scan fails.
void scan_image(const SbomRequest& request, const SbomTools& tools, StageState& state);

}  // namespace builder
