// The main context of a build and the Containerfile in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/build/preprocess.hpp"
#include "builder/build/step_environment.hpp"
#include "builder/syntax/source_text.hpp"

namespace builder {

/// The text of the Containerfile: of the files named, joined, or of Containerfile or Dockerfile in the context. "-" is
/// standard input. Those that end in ".in" are preprocessed. Throws Error with the names that were tried.
std::shared_ptr<const SourceText> load_containerfile(const std::vector<std::string>& files,
                                                     const std::string& context_folder,
                                                     const PreprocessOptions& preprocessing = {});

/// Opens a folder as a context with the first ignore file there is: the one named, else the Containerfile's own
/// (NAME.containerignore, NAME.dockerignore), else the context's. An empty folder name gives a context without files.
BuildContext open_context(const std::string& folder, const std::string& ignore_file, const std::string& containerfile);

}  // namespace builder
