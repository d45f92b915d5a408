// Base64, RFC 4648.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runtime {

/// With padding, in the ordinary alphabet.
std::string encode_base64(std::string_view bytes);

/// Takes line ends and missing padding as they come; nothing for anything else that is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace runtime
