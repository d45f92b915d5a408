// What registries say when they refuse. OCI distribution-spec, "Error Codes".
#pragma once

#include <string>
#include <vector>

#include "registry/http/http_client.hpp"

namespace registry {

/// A registry's refusal of a request.
class RegistryError : public runtime::Error {
public:
    using Error::Error;
    long status = 0;
    std::vector<std::string> codes;  ///< "MANIFEST_UNKNOWN", …; often empty

    bool is_not_found() const noexcept { return status == 404; }
    bool is_unauthorized() const noexcept { return status == 401 || status == 403; }
};

/// Makes an error of an answer that was no success. Reads its body; whatever that is, an error comes out.
RegistryError make_registry_error(HttpResponse& response);

}  // namespace registry
