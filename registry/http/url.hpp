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
    /// In lower case; an IPv6 address is in brackets.
    const std::string& host() const noexcept { return host_; }
    const std::string& path() const noexcept { return path_; }  ///< starts with "/"

    /// Path and query of this URL at another's origin.
    Url at_origin_of(const Url& other) const;

    /// Where a reference in an answer leads, absolute or relative to this URL. Throws Error.
    Url resolve(const std::string& reference) const;
    /// With `&name=value`, or `?name=value` where it has no query yet; what need be is escaped.
    Url with_query(std::string_view name, std::string_view value) const;

private:
    Url() = default;
    std::string text_;
    std::string origin_;
    std::string host_;
    std::string path_;
};

/// A URL without the user and password in it.
std::string without_user(std::string url);

/// Throws Error where a secret would cross a network unencrypted: a plain http URL of another machine. `secret` is what
/// the error calls it.
void require_private_way(const std::string& url, std::string_view secret);

/// All but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text);
/// Throws Error for what is no escape.
std::string percent_decoded(std::string_view text);

}  // namespace registry
