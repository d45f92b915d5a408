// builder.toml of a project: what `build` is given where the command line says nothing.
//
//   [build]
//   file = "deploy/Containerfile"          # in the context
//   target = "app"
//   platform = ["linux/amd64", "linux/arm64"]
//   tags = ["app:dev"]                     # names of this machine: no registry
//   progress = "plain"
//
//   [build.args]
//   VERSION = "2"
//
// The file comes with the project, so nobody need trust it: it can say nothing that gives the build more than it has.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"

namespace builder {

struct ProjectSettings {
    std::string path;  ///< of the file
    std::string file;  ///< relative to the context, and in it
    std::string target;
    std::vector<std::string> platforms;
    std::vector<std::string> tags;
    std::string progress;
    std::map<std::string, std::string> arguments;

    /// Of a context that is a folder of this machine and has such a file; else nothing. Throws Error with the file's
    /// name for what it may not say, and for what is no TOML.
    static std::optional<ProjectSettings> read(const std::string& context);
};

/// Of the file's names those that nobody has, or an image that a build of this very context has made: a project takes
/// no name away. That one keeps its name is told on standard error.
std::vector<std::string> names_to_give(const ProjectSettings& project, layers::Store& store,
                                       const std::string& context);

}  // namespace builder
