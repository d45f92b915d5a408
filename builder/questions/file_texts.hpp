// What stat(2) says of a file, as people and programs read it.
#pragma once

#include <sys/stat.h>

#include <string>

namespace builder {

/// "-rwxr-xr-x", as ls(1) has it.
std::string mode_letters(mode_t mode);
/// "0755"; "4755" with a set-user-ID bit.
std::string mode_digits(mode_t mode);
/// "0:0": the numbers of user and group.
std::string owner_text(const struct stat& status);
/// RFC 3339.
std::string modified_text(const struct stat& status);
/// The size of a file or a link; of all else 0.
std::int64_t size_of(const struct stat& status) noexcept;

}  // namespace builder
