// Which images may be used: containers-policy.json(5). Signatures are not verified; what demands them is refused.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "registry/reference.hpp"
#include "registry/settings/access_options.hpp"

namespace registry {

class TrustPolicy {
public:
    /// Reads the file that the options name, else the user's, else the system's; without any everything is accepted.
    static TrustPolicy read(const AccessOptions& options);

    /// Throws Error where an image of a registry may not be used, or only with a signature.
    void check(const Reference& reference) const;
    /// The same for another transport ("oci", "dir", …) and a place of it.
    void check(const std::string& transport, const std::string& place) const;

private:
    using Requirements = std::vector<std::string>;  ///< types, all of which must hold
    void require(const Requirements& requirements, const std::string& image) const;
    const Requirements* find(const std::string& transport, const std::vector<std::string>& scopes) const;

    std::string path_;
    Requirements default_;
    std::map<std::string, std::map<std::string, Requirements>> transports_;
};

}  // namespace registry
