// Base64, RFC 4648.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

/// With padding, in the ordinary alphabet.
std::string encode_base64(std::string_view bytes);

}  // namespace runtime
