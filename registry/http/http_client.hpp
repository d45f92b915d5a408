// HTTP/1.1 for all that talks to servers: registries, token servers, daemons, files for ADD. Bodies are streams in both
// directions; nothing is held in memory as a whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/http/http_headers.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// How a server proves who it is, and how we do. All files are PEM. What is said of one server holds for no other, so
/// that settings can be handed on to wherever an answer leads.
struct TlsSettings {
    std::string unverified_host = {};               ///< whose certificate is not looked at, on any port; empty: none
    std::vector<std::string> authority_files = {};  ///< trusted beside the machine's own
    std::string certificate_origin = {};            ///< the only origin that sees our certificate
    std::string certificate_file = {};              ///< ours; empty: none
    std::string key_file = {};                      ///< empty: the key is in the certificate's file
};

/// Authorization and the like, for the one origin (Url::origin()) that they were given for. No other server sees them,
/// and not even that one where another has led back to it.
struct PrivateHeaders {
    std::string origin = {};
    HttpHeaders headers = {};
};

struct HttpTimeouts {
    long connect_seconds = 30;
    long stalled_seconds = 30;  ///< with less than slowest_bytes_per_second in either direction
    long slowest_bytes_per_second = 1024;
};

/// A body that can be sent again from its start, as after a redirect: the function opens it anew each time.
struct HttpBody {
    std::function<std::unique_ptr<runtime::Source>()> open;
    std::uint64_t size_bytes = 0;

    /// Over bytes that somebody else keeps until the request is answered.
    static HttpBody of(std::string_view bytes);
};

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};
    HttpHeaders headers = {};  ///< go to every server that redirects lead to
    PrivateHeaders private_headers = {};
    std::optional<HttpBody> body = std::nullopt;  ///< an empty one sends Content-Length: 0
    TlsSettings tls = {};
    HttpTimeouts timeouts = {};
    bool follows_redirects = true;
    bool may_leave_tls = true;     ///< follow a redirect from https to http
    std::string unix_socket = {};  ///< connect to this socket, whatever host the URL names
};

/// The exchange broke before the answer was whole.
class ConnectionError : public runtime::Error {
public:
    using Error::Error;
    bool may_pass = true;  ///< whether trying again can help
    /// Nothing listens at this port of this very machine.
    bool is_nobody_here = false;
    /// A server on the way answered that it cannot just now, and perhaps after what time to ask again.
    bool is_answered = false;
    std::optional<std::chrono::seconds> asked_delay = std::nullopt;
};

class HttpExchange;

/// The answer: status and fields are there, the body is read as it comes.
class HttpResponse {
public:
    explicit HttpResponse(std::unique_ptr<HttpExchange> exchange);
    HttpResponse(HttpResponse&&) noexcept;
    HttpResponse& operator=(HttpResponse&&) noexcept;
    ~HttpResponse();

    long status() const noexcept;
    bool is_success() const noexcept { return status() >= 200 && status() < 300; }
    const HttpHeaders& headers() const noexcept;
    /// Where the answer came from, after redirects.
    const std::string& url() const noexcept;
    /// The media type in lower case, without parameters; empty where there is none.
    std::string content_type() const;
    /// Last-Modified in seconds since 1970.
    std::optional<std::int64_t> last_modified() const;

    /// Its end is only reached where the whole body came; throws ConnectionError else. Lives as long as the response.
    runtime::Source& body() noexcept;
    /// The rest of the body. Throws Error where it is larger.
    std::string read_text(std::size_t limit_bytes, std::string_view what);
    /// Reads it now, and keeps it for read_text(): an exchange that breaks does so while it can still be repeated.
    void keep_text(std::size_t limit_bytes, std::string_view what);

private:
    std::unique_ptr<HttpExchange> exchange_;
    std::optional<std::string> text_;
};

class HttpConnections;

/// Keeps connections open between requests. Thread-safe: requests of several threads go over connections of their own.
class HttpClient {
public:
    /// The source outlives the client and its responses; a stop ends every wait with its Error.
    explicit HttpClient(const runtime::StopSource& stop);
    ~HttpClient();

    /// Sends the request and waits for status and fields of the answer, whatever the status is. Follows redirects (301,
    /// 302, 303, 307, 308; at most ten). Proxies are taken from the environment, as libcurl does. Throws
    /// ConnectionError where there is no answer, Error where the request cannot be made or a redirect is refused.
    /// An answer that comes from another origin than the one asked has no WWW-Authenticate: nobody learns from it.
    HttpResponse send(const HttpRequest& request);

private:
    std::shared_ptr<HttpConnections> connections_;
    const runtime::StopSource& stop_;
};

/// The URL without its query, which may be a secret that a redirect gave.
std::string url_for_messages(const std::string& url);

/// The last name of the path that a server suggests for what it sends: out of Content-Disposition, else out of the URL.
/// Empty where there is none; never with a slash, never "." or "..".
std::string suggested_file_name(const HttpResponse& response, const std::string& url);

}  // namespace registry
