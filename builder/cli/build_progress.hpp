// What commands that build tell their user: the events of a build, and what came of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "builder/engine/record/build_events.hpp"
#include "registry/transport/transfer_observer.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// An image that was made, and what is said of it.
struct MadeImage {
    std::string id;                             ///< 64 digits
    std::vector<std::string> names;             ///< familiar ones, and places
    std::string first_name;                     ///< as it was typed; empty without a name
    bool tells_digits = true;                   ///< of the image and of stages
    bool tells_id = true;                       ///< on standard output; else a file has it
    bool was_known = false;                     ///< one like it was made before
    std::function<void()> tell_copied = [] {};  ///< says that it went into the store
};

/// Which of Buildah's lines are there in a pipe.
struct PipeLines {
    bool tells_digits = true;      ///< of stages that are done
    bool has_step_images = false;  ///< each step leaves an image
    bool explains = false;         ///< why steps run is told, too
};

class BuildProgress : public BuildObserver {
public:
    /// The build that follows is for one of several platforms.
    virtual void platform_started(const std::string& platform) { line("[" + platform + "]"); }
    /// From now on it is told what each step used: among the rest, or in a file.
    virtual void log_use(runtime::Fd file = runtime::Fd()) = 0;
    /// A line between or after the steps, for people.
    virtual void line(std::string_view text) = 0;
    virtual void image_made(const MadeImage& image) = 0;
    /// What was pushed, as any tool can pull it: NAME@DIGEST.
    virtual void image_pushed(const std::string& name) = 0;
    /// Who shows images that are pulled and pushed meanwhile; nothing where that is told by other means.
    virtual std::shared_ptr<registry::TransferObserver> transfers() { return nullptr; }
    /// Nothing more comes from the build: what was drawn for the moment goes.
    virtual void close() = 0;
};

/// Makes what --progress asks for: auto, plain, tty, quiet or json. It writes to a descriptor that stays open. auto is
/// what $BUILDKIT_PROGRESS says, else tty on a terminal that can move its cursor, else the lines that scripts for
/// Buildah know. tty on anything but a terminal prints the lines of plain in colours. Throws Error for another word.
std::unique_ptr<BuildProgress> make_progress(const std::string& wanted, bool quiet, int descriptor, PipeLines lines);

}  // namespace builder
