// `copy` and `add`: a COPY or an ADD of a Containerfile, done to a working container.
#pragma once

#include "builder/containers/content_digest.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/steps/step_environment.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

struct ContainerCopy {
    CopyInstruction instruction;  ///< the words as they were typed: nothing in them is a variable
    std::string context_folder;   ///< nothing can be copied from outside it; empty: the whole machine
    std::string ignore_file;      ///< of the context folder
    std::string platform;         ///< of an image that is copied from
    bool allows_wildcards = true;
    bool allows_empty_wildcard = false;
    std::optional<timespec> modified;  ///< the time of everything that is copied; the sources' own else
    bool needs_digest = true;
    registry::DownloadAccess downloads;
};

/// Copies, and gives the digest of what was brought, where it is needed. Throws Error.
ContentDigest copy_to_container(WorkingContainer& container, const ContainerCopy& copy, const ImageFinder& images,
                                runtime::StopSource& stop);

}  // namespace builder
