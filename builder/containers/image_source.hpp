// Where `copy --from` and `run --mount from=` read: another container, or an image.
#pragma once

#include <memory>
#include <string>

#include "builder/engine/record/build_events.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/sources/source_tree.hpp"

namespace builder {

/// A container of that name or ID, else an image, which is fetched where it has to be. An empty platform
/// is this machine's. Throws Error with the nearest names.
std::shared_ptr<const CopySource> open_container_or_image(layers::Store& store, const std::string& name,
                                                          const std::string& platform, const ImageFinder& images);

/// The path as an absolute one of this machine, from the current folder.
std::string path_on_machine(const std::string& path);

/// For work of one step, which nobody follows: what the user should know goes to standard error.
class StderrObserver final : public BuildObserver {
public:
    void build_started(std::size_t, std::size_t) override {}
    void step_started(const StepLabel&) override {}
    void step_output(const StepLabel&, runtime::Bytes) override {}
    void step_finished(const StepLabel&, const StepResult&) override {}
    void step_failed(const StepLabel&) override {}
    void notice(std::string_view text) override;
    void warning(std::string_view text) override;
};

}  // namespace builder
