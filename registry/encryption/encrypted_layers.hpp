// How a manifest speaks of encrypted layers (ocicrypt), and an image whose layers are opened while it is read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "layers/store/staging.hpp"
#include "registry/encryption/crypt_keys.hpp"
#include "registry/encryption/layer_cipher.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// What stands behind the media type of a layer that is encrypted.
inline constexpr std::string_view encrypted_suffix = "+encrypted";

/// The descriptor of a layer that was encrypted: `plain` says what it is, `written` what came of it.
layers::oci::Descriptor encrypted_descriptor(const layers::oci::Descriptor& plain, const BlobInfo& written,
                                             const LayerSecret& secret, const std::string& hmac,
                                             const LayerEncryption& encryption);

/// The image with its layers decrypted, as far as they are encrypted. What it holds in files goes with it. Both outlive
/// it.
std::unique_ptr<ImageSource> decrypted(ImageSource& source, const std::vector<CryptKey>& keys,
                                       layers::StagingArea& staging);

}  // namespace registry
