// JSON Web Encryption (RFC 7516) as encrypted images use it: a text that any of several RSA keys opens.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct evp_pkey_st;

namespace registry {

/// A public or a private key; shared, as keys are large.
using CryptKey = std::shared_ptr<evp_pkey_st>;

/// The key of a file's content, PEM or DER; nothing where it is none. Throws Error for an RSA key that is too short, or
/// for one of another kind.
CryptKey parse_public_key(const std::string& content);
/// The same for a private key. An encrypted one needs the password; throws Error where that is missing or wrong.
CryptKey parse_private_key(const std::string& content, const std::optional<std::string>& password);

/// The text for these keys (RSA-OAEP, A256GCM), as JSON.
std::string wrap_in_jwe(const std::string& text, const std::vector<CryptKey>& keys);
/// The text, where one of the keys opens it. Throws Error for what is no such JSON.
std::optional<std::string> open_jwe(const std::string& json, const std::vector<CryptKey>& keys);

}  // namespace registry
