// Signatures of images by GnuPG, beside the registry: "simple signing", containers-signature(5), kept where
// containers-registries.d(5) says.
#pragma once

#include <string>

#include "layers/digest.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Throws Error where what is at the place could not be signed: before anything is written there.
void check_can_be_signed(const std::string& place);

/// Signs the manifest that was written to a place ("docker://NAME:TAG", or a name) with a key of the user's
/// GnuPG, and keeps the signature beside those that there are. Throws Error.
void sign_image(const std::string& place, const layers::Digest& manifest, const std::string& key,
                const runtime::StopSource& stop);

/// The document that is signed.
std::string signature_payload(const std::string& image_name, const layers::Digest& manifest, std::int64_t seconds);

}  // namespace registry
