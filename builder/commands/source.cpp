#include <memory>

#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// Source images are experimental in Buildah, too. Scripts that use them learn here that they are not there.
Command missing_subcommand(const char* name, const char* summary, const char* usage) {
    Command command;
    command.name = name;
    command.summary = std::string(summary) + " (not there yet)";
    command.usage = usage;
    command.most_words = 10'000;
    command.run = [name](Context&, const Words&) -> int {
        throw runtime::Error("builder source {} is not there yet", name)
            .with_hint("builder manifest add --artifact puts files into a registry beside an image");
    };
    return command;
}

}  // namespace

Command source_command() {
    Command command;
    command.name = "source";
    command.group = "Images";
    command.summary = "images of sources (not there yet)";
    command.usage = "SUBCOMMAND [words]";
    command.subcommands = {missing_subcommand("add", "add an archive of sources", "PATH ARTIFACT"),
                           missing_subcommand("create", "make an image of sources", "PATH"),
                           missing_subcommand("pull", "fetch an image of sources", "IMAGE PATH"),
                           missing_subcommand("push", "send an image of sources", "PATH IMAGE")};
    return command;
}

}  // namespace builder
