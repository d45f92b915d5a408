#include "registry/http/url.hpp"

#include <charconv>
#include <memory>

#include "registry/curl_library.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

struct UrlReleaser {
    void operator()(CURLU* url) const noexcept { curl_library().url_cleanup(url); }
};
using Handle = std::unique_ptr<CURLU, UrlReleaser>;

void set(const Handle& handle, const std::string& text) {
    if (!handle) throw Error("cannot read a URL");
    if (curl_library().url_set(handle.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        throw Error("{} is not a URL", quoted(text));
}

/// The part's text; empty where the URL has none.
std::string part(const Handle& handle, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_library().url_get(handle.get(), which, &text, flags) != CURLUE_OK || text == nullptr) return "";
    std::string result(text);
    curl_library().free(text);
    return result;
}

bool is_unreserved(char c) noexcept {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

Url Url::parse(const std::string& text) {
    const Handle handle(curl_library().url());
    set(handle, text);
    const std::string scheme = part(handle, CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        throw Error("{} is not an address of the web", quoted(text)).with_hint("it starts with http:// or https://");
    if (!part(handle, CURLUPART_USER).empty() || !part(handle, CURLUPART_PASSWORD).empty())
        throw Error("an address carries a user name or a password, which would show up in messages and logs");
    Url url;
    url.text_ = part(handle, CURLUPART_URL);
    url.text_ = url.text_.substr(0, url.text_.find('#'));
    url.host_ = runtime::in_lower_case(part(handle, CURLUPART_HOST));
    url.origin_ = fmt::format("{}://{}:{}", scheme, url.host_, part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT));
    url.path_ = part(handle, CURLUPART_PATH);
    return url;
}

Url Url::resolve(const std::string& reference) const {
    const Handle handle(curl_library().url());
    set(handle, text_);
    set(handle, reference);
    return parse(part(handle, CURLUPART_URL));
}

Url Url::at_origin_of(const Url& other) const {
    const std::size_t path = text_.find('/', text_.find("://") + 3);
    return parse(other.origin_ + (path == std::string::npos ? "/" : text_.substr(path)));
}

Url Url::with_query(std::string_view name, std::string_view value) const {
    const char joint = text_.find('?') == std::string::npos ? '?' : '&';
    return parse(fmt::format("{}{}{}={}", text_, joint, percent_encoded(name), percent_encoded(value)));
}

void require_private_way(const std::string& url, std::string_view secret) {
    if (!url.starts_with("http://")) return;
    const std::string host = Url::parse(without_user(url)).host();
    if (host == "localhost" || host == "[::1]" || host.starts_with("127.")) return;
    throw Error("{} would go over an unencrypted connection to {}", secret, quoted(host))
        .with_hint("write https:// in front of the address");
}

std::string without_user(std::string url) {
    const std::size_t start = url.find("://") + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
    const std::size_t at = url.rfind('@', end);
    if (at != std::string::npos && at >= start) url.erase(start, at + 1 - start);
    return url;
}

std::string percent_encoded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (is_unreserved(c))
            result += c;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2)
            throw Error("{} has a % that no two hexadecimal digits follow", quoted(text));
        result += static_cast<char>(value);
        i += 2;
    }
    return result;
}

}  // namespace registry
