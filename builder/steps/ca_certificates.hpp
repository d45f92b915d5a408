// --ca-certificates: certificates of authorities that RUN trusts besides those of the image, and that the image does
// not get.
#pragma once

#include <string>

#include "builder/engine/record/stage_state.hpp"
#include "builder/steps/command_runner.hpp"

namespace builder {

/// Reads a file of certificates in PEM. Throws Error where it holds none, or more than 4 MiB.
std::string read_ca_certificates(const std::string& file);

/// Mounts the image's own bundle with `certificates` behind it over each file where programs look for one, and at
/// /run/builder/ca-certificates.crt, where variables lead programs with bundles of their own (SSL_CERT_FILE,
/// CURL_CA_BUNDLE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, GIT_SSL_CAINFO), as far as nobody sets them.
void add_ca_certificates(const std::string& certificates, const StageState& state, RunRequest& request);

}  // namespace builder
