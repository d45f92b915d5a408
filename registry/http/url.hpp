// Addresses of HTTP servers and what lies on them. RFC 3986.
#pragma once

#include <string>
#include <string_view>

namespace registry {

/// An http or https URL, well formed and without user name and password.
class Url {
public:
    /// Throws Error for other schemes, for malformed ones and for those that carry a password.
    static Url parse(const std::string& text);

    const std::string& text() const noexcept { return text_; }
    bool is_secure() const noexcept { return text_.starts_with("https:"); }
    /// Scheme, host and port: what credentials belong to. The port is always there: "https://example.com:443".
    const std::string& origin() const noexcept { return origin_; }
    const std::string& path() const noexcept { return path_; }  ///< starts with "/"

    /// Where a reference in an answer leads, absolute or relative to this URL. Throws Error.
    Url resolve(const std::string& reference) const;
    /// With `&name=value`, or `?name=value` where it has no query yet; what need be is escaped.
    Url with_query(std::string_view name, std::string_view value) const;

private:
    Url() = default;
    std::string text_;
    std::string origin_;
    std::string path_;
};

/// All but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text);
/// Throws Error for what is no escape.
std::string percent_decoded(std::string_view text);

}  // namespace registry
