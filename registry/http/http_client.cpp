#include "registry/http/http_client.hpp"

#include <algorithm>

#include "registry/curl_library.hpp"
#include "registry/http/http_exchange.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/letter_case.hpp"
#include "runtime/base/log.hpp"

namespace registry {
namespace {

using runtime::Error;

constexpr unsigned most_redirects = 10;

bool is_redirect(long status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// What is asked of the place that a redirect names. RFC 9110, section 15.4: 303 turns everything into GET, 301 and 302
/// by custom do the same to POST.
void redirect(HttpRequest& request, const Url& from, const Url& to, long status) {
    if (from.is_secure() && !to.is_secure() && !request.may_leave_tls)
        throw Error("{} leads to {}, which is not encrypted", url_for_messages(from.text()),
                    url_for_messages(to.text()));
    const bool becomes_get =
        (status == 303 && request.method != "HEAD") || ((status == 301 || status == 302) && request.method == "POST");
    if (becomes_get) {
        request.method = "GET";
        request.body.reset();
    }
    request.url = to.text();
}

std::string plain_name(std::string_view text) {
    const std::size_t slash = text.find_last_of("/\\");
    std::string name(slash == std::string_view::npos ? text : text.substr(slash + 1));
    if (name == "." || name == ".." || name.find('\0') != std::string::npos) return "";
    return name;
}

/// RFC 6266: filename*=UTF-8''NAME counts more than filename=NAME.
std::string name_in_disposition(const std::string& header) {
    const std::string lower = runtime::in_lower_case(header);
    if (const auto extended = lower.find("filename*="); extended != std::string::npos) {
        const std::string value = header.substr(extended + 10, header.find(';', extended) - extended - 10);
        const auto quote = value.rfind('\'');
        if (quote != std::string::npos)
            return plain_name(percent_decoded(trimmed(std::string_view(value).substr(quote + 1))));
    }
    const auto start = lower.find("filename=");
    if (start == std::string::npos) return "";
    const std::string value = header.substr(start + 9);
    if (value.starts_with("\"")) return plain_name(value.substr(1, value.find('"', 1) - 1));
    return plain_name(trimmed(value.substr(0, value.find(';'))));
}

}  // namespace

HttpBody HttpBody::of(std::string_view bytes) {
    return {[bytes] { return std::make_unique<runtime::MemorySource>(bytes); }, bytes.size()};
}

HttpResponse::HttpResponse(std::unique_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}
HttpResponse::HttpResponse(HttpResponse&&) noexcept = default;
HttpResponse& HttpResponse::operator=(HttpResponse&&) noexcept = default;
HttpResponse::~HttpResponse() = default;

long HttpResponse::status() const noexcept {
    return exchange_->status();
}
const HttpHeaders& HttpResponse::headers() const noexcept {
    return exchange_->headers();
}
const std::string& HttpResponse::url() const noexcept {
    return exchange_->url();
}
runtime::Source& HttpResponse::body() noexcept {
    return *exchange_;
}

std::string HttpResponse::content_type() const {
    const std::string header = headers().find("Content-Type").value_or("");
    return runtime::in_lower_case(trimmed(std::string_view(header).substr(0, header.find(';'))));
}

std::optional<std::int64_t> HttpResponse::last_modified() const {
    const auto header = headers().find("Last-Modified");
    if (!header) return std::nullopt;
    const time_t time = curl_library().getdate(header->c_str(), nullptr);
    if (time < 0) return std::nullopt;
    return time;
}

void HttpResponse::keep_text(std::size_t limit_bytes, std::string_view what) {
    text_ = runtime::read_all(*exchange_, limit_bytes, what);
}

std::string HttpResponse::read_text(std::size_t limit_bytes, std::string_view what) {
    if (text_) return *std::exchange(text_, std::nullopt);
    return runtime::read_all(*exchange_, limit_bytes, what);
}

HttpClient::HttpClient(const runtime::StopSource& stop)
    : connections_(std::make_shared<HttpConnections>()), stop_(stop) {}
HttpClient::~HttpClient() = default;

namespace {

/// What a place may be told and asked of all that goes with a request. `has_left`: whether another origin has had a say
/// in where the request goes.
ExchangeSettings settings_for(const HttpRequest& request, const Url& url, bool has_left) {
    ExchangeSettings settings{.headers = request.headers, .tls = request.tls};
    settings.verifies = request.tls.unverified_host.empty() || url.host() != request.tls.unverified_host;
    settings.may_challenge = !has_left;
    settings.shows_certificate = !has_left && url.origin() == request.tls.certificate_origin;
    if (!has_left && url.origin() == request.private_headers.origin)
        for (const HttpHeader& header : request.private_headers.headers.all())
            settings.headers.add(header.name, header.value);
    return settings;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

HttpResponse HttpClient::send(const HttpRequest& first) {
    HttpRequest request = first;
    const std::string home = Url::parse(first.url).origin();
    bool has_left = false;
    unsigned redirects = 0;
    try {
        for (;;) {
            const Url url = Url::parse(request.url);
            has_left = has_left || url.origin() != home;
            auto exchange = std::make_unique<HttpExchange>(connections_, connections_->take(url.origin()), request,
                                                           url.text(), settings_for(request, url, has_left), stop_);
            const auto sent = std::chrono::steady_clock::now();
            exchange->await_answer();
            runtime::log_debug("{} {}: status {} after {:.1f} ms", request.method, url_for_messages(request.url),
                               exchange->status(), milliseconds_since(sent));
            const auto location = exchange->headers().find("Location");
            if (!request.follows_redirects || !is_redirect(exchange->status()) || !location)
                return HttpResponse(std::move(exchange));
            if (redirects++ == most_redirects)
                throw Error("{} leads on to ever other places", url_for_messages(first.url));
            redirect(request, url, url.resolve(*location), exchange->status());
        }
    } catch (Error& error) {
        if (redirects > 0) error.add_context("{} leads elsewhere", url_for_messages(first.url));
        throw;
    }
}

std::string url_for_messages(const std::string& url) {
    return runtime::quoted(url.substr(0, url.find_first_of("?#")));
}

std::string suggested_file_name(const HttpResponse& response, const std::string& url) {
    if (const auto header = response.headers().find("Content-Disposition"))
        if (std::string name = name_in_disposition(*header); !name.empty()) return name;
    const std::string path = Url::parse(url).path();
    return path.ends_with("/") ? "" : plain_name(percent_decoded(path));
}

}  // namespace registry
