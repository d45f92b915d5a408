// What people name as a context: a folder, an archive, a git repository, an image, a stage.
#pragma once

#include <optional>
#include <string>

#include "builder/syntax/git_url.hpp"

namespace builder {

struct ContextLocation {
    enum class Kind {
        folder,
        standard_input,  ///< an archive, or a Containerfile without a context
        http,            ///< the same, fetched
        git,
        image,
        stage,  ///< a stage of the same file
    };

    Kind kind = Kind::folder;
    std::string text;  ///< the folder, the URL, the image with its transport, the stage
    std::optional<GitUrl> git = std::nullopt;
};

/// The main context. A folder that is there is a folder, whatever its name looks like. Throws Error for an address with
/// wrong parts.
ContextLocation parse_main_context(const std::string& text);

/// One of --build-context. Throws Error too where a protocol is unknown.
ContextLocation parse_named_context(const std::string& text);

/// The name of a context in the form in which it is compared: as of an image, without docker.io/library/ and :latest.
std::string context_name(const std::string& text);

}  // namespace builder
