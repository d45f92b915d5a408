// The flags of `files`, which `ls` has as well, and what they do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command_context.hpp"

namespace builder {

struct FilesOptions {
    bool is_long = false;
    bool is_recursive = false;
    bool folder_itself = false;
    bool json = false;
    bool human = false;
    bool no_heading = false;
    std::optional<std::string> format;
};

std::vector<Flag> files_flags(FilesOptions& options);

/// Prints the files of an image or a container: `words` is its name, and a path where there is one. Gives the exit
/// code.
int print_files(Context& context, const Words& words, const FilesOptions& options);

}  // namespace builder
