// Extended attributes: names and values as bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Names with their values, sorted by name.
using Xattrs = std::vector<std::pair<std::string, std::string>>;

/// All xattrs of an open file; none where the file system knows no xattrs. Throws SystemError.
Xattrs read_xattrs(const Fd& file);
/// The same of a name in a folder, links not followed: for what cannot be opened, such as symbolic links.
Xattrs read_xattrs_at(const Fd& folder, const std::string& name);

/// Sets an xattr of an open file. Returns 0 or the errno value.
int set_xattr(const Fd& file, const std::string& xattr, std::string_view value) noexcept;

/// Sets an xattr of a name in a folder, links not followed. Returns 0 or the errno value, as callers differ in what
/// they can do without.
int set_xattr_at(const Fd& folder, const std::string& name, const std::string& xattr, std::string_view value) noexcept;

}  // namespace runtime
