// The keys of --encryption-key and --decryption-key.
#pragma once

#include <string>
#include <vector>

#include "registry/encryption/jwe.hpp"

namespace registry {

/// Who may open the layers, and which layers they are.
struct LayerEncryption {
    std::vector<CryptKey> recipients;     ///< none: nothing is encrypted
    std::vector<std::int64_t> positions;  ///< 0 is the bottom, -1 the top; none: all layers

    bool is_wanted() const noexcept { return !recipients.empty(); }
    /// Throws Error for a position that the image has not.
    std::vector<bool> chosen(std::size_t layers) const;
};

/// Values as "jwe:FILE". Throws Error with what is wrong.
std::vector<CryptKey> parse_encryption_keys(const std::vector<std::string>& texts);

/// Values as "FILE", "FILE:PASSWORD", "FILE:pass=PASSWORD", "FILE:file=FILE" or "FILE:fd=NUMBER". A file that holds no
/// private key is passed over. Throws Error.
std::vector<CryptKey> parse_decryption_keys(const std::vector<std::string>& texts);

}  // namespace registry
