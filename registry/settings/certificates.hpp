// Certificates for one registry: containers-certs.d(5). In a folder, *.crt are authorities, *.cert with *.key are ours.
#pragma once

#include <string>

#include "registry/http/http_client.hpp"

namespace registry {

/// Adds what a folder holds. Throws Error where it cannot be read, or a certificate is without its key.
void add_certificates(TlsSettings& tls, const std::string& folder);

/// Adds what the first of the usual folders holds for a host ("example.com:5000"): certs.d of the user, of
/// /etc/containers and of /etc/docker.
void add_usual_certificates(TlsSettings& tls, const std::string& host);

}  // namespace registry
