// What Podman sees of the store follows every command that changes it.
#pragma once

#include "builder/cli/command_context.hpp"

namespace builder {

/// Brings the published store, if there is one, to the state of the store when the command has ended, however it ends,
/// and prints what is to be said of it to stderr. Where that fails, it is a warning: the command has done its work. A
/// command that has changed nothing pays nothing.
class PublishedState {
public:
    explicit PublishedState(Context& context) : context_(context) {}
    ~PublishedState();
    PublishedState(const PublishedState&) = delete;
    PublishedState& operator=(const PublishedState&) = delete;

private:
    Context& context_;
};

}  // namespace builder
