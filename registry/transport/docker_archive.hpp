// What `docker save` writes and `docker load` reads: docker-archive:FILE[:NAME:TAG].
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/transport/transport.hpp"

namespace registry {

/// Reads the image of a name, or the only one where none is given; "@N" names the Nth. Takes the old form (a folder
/// with layer.tar for each layer) and the new one (an OCI image layout with manifest.json beside it). The archive has
/// no manifest of its own, so one is made of what it says. Throws Error that lists the names there are.
std::unique_ptr<ImageSource> open_docker_archive(const std::string& file, const std::string& name);

/// The names that the archive gives that image, whole: the one that was asked for, else all.
std::vector<std::string> names_in_docker_archive(const std::string& file, const std::string& name);

/// How many images the archive holds. Throws Error where it is none.
std::size_t count_in_docker_archive(const std::string& file);

/// Writes an archive with several images, each with its names, which may be none: commit() is called for one after the
/// other, in this order; the last one makes the archive whole.
std::unique_ptr<ImageDestination> make_docker_archive_of(const std::string& file,
                                                         const std::vector<std::vector<std::string>>& names);

/// Writes an archive with one image under a name, or under none; whole or not at all. Layers must be plain tar.
/// `further` names are of the same image.
std::unique_ptr<ImageDestination> make_docker_archive(const std::string& file, const std::string& name,
                                                      const std::vector<std::string>& further = {});

}  // namespace registry
