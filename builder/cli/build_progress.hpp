// What commands that build tell their user: the events of a build, and what came of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "builder/build/build_events.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

class BuildProgress : public BuildObserver {
public:
    /// From now on it is told what each step used: among the rest, or in a file.
    virtual void log_use(runtime::Fd file = runtime::Fd()) = 0;
    /// A line between or after the steps, for people.
    virtual void line(std::string_view text) = 0;
    /// The image that was made, and a name that it got, or no name.
    virtual void image_made(const std::string& id, const std::vector<std::string>& names) = 0;
    /// What was pushed, as any tool can pull it: NAME@DIGEST.
    virtual void image_pushed(const std::string& name) = 0;
    /// Nothing more comes from the build: what was drawn for the moment goes.
    virtual void close() = 0;
};

/// Makes what --progress asks for: auto, plain, tty, quiet or json. It writes to a descriptor that stays open; auto is
/// tty where that is a terminal, else plain. Throws Error for another word.
std::unique_ptr<BuildProgress> make_progress(const std::string& wanted, bool quiet, int descriptor);

}  // namespace builder
