// What a server wants to see before it answers: WWW-Authenticate. RFC 9110, section 11.6.1.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

struct Challenge {
    std::string scheme;                             ///< lower case: "basic", "bearer"
    std::map<std::string, std::string> parameters;  ///< names in lower case

    std::string parameter(const std::string& name) const {
        const auto found = parameters.find(name);
        return found == parameters.end() ? "" : found->second;
    }
};

/// All challenges of one field; what cannot be read is left out.
std::vector<Challenge> parse_challenges(std::string_view field);

}  // namespace registry
