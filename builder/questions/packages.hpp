// The packages that are installed in an image, out of the databases of its package managers. Nothing is run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "overlay/layered_view.hpp"

namespace builder {

struct PackageLists {
    /// By kind ("deb", "apk") and name; a deb of another architecture than the first of its name is "name:arch".
    std::map<std::pair<std::string, std::string>, std::string> versions;
    /// Databases that are there and cannot be read: "the rpm database /var/lib/rpm/rpmdb.sqlite".
    std::vector<std::string> unread;
};

PackageLists read_packages(const overlay::LayeredView& view);

struct PackageDifference {
    std::string kind;
    std::string name;
    std::optional<std::string> before = std::nullopt;  ///< the version; nothing where it is not installed
    std::optional<std::string> after = std::nullopt;
};

/// Sorted by kind and name.
std::vector<PackageDifference> difference_of(const PackageLists& before, const PackageLists& after);

/// The text of dpkg's status file, and of apk's list of what is installed. What is no entry is passed over.
void add_debs(std::string_view status, PackageLists& lists);
void add_apks(std::string_view installed, PackageLists& lists);

}  // namespace builder
