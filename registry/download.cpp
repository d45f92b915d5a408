#include "registry/download.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>

#include "layers/verifying_source.hpp"
#include "registry/curl_library.hpp"
#include "registry/http/http_client.hpp"
#include "registry/http/url.hpp"
#include "registry/settings/certificates.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr long status_not_modified = 304;

/// A file that goes again unless it is kept.
class NewFile {
public:
    explicit NewFile(const std::string& path)
        : path_(path), sink_(runtime::open_path(path, O_WRONLY | O_CREAT | O_EXCL, 0600), path) {}
    ~NewFile() {
        if (!kept_) ::unlink(path_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    runtime::FileSink& sink() noexcept { return sink_; }
    void keep() noexcept { kept_ = true; }

private:
    std::string path_;
    runtime::FileSink sink_;
    bool kept_ = false;
};

/// Name and password in a URL become a header, so that no message and no other server sees them (RFC 7617).
void move_password(HttpRequest& request) {
    const std::size_t start = request.url.find("://") + 3;
    const std::size_t end = std::min(request.url.find_first_of("/?#", start), request.url.size());
    const std::size_t at = request.url.rfind('@', end);
    if (at == std::string::npos || at < start) return;
    const std::string user = percent_decoded(request.url.substr(start, at - start));
    request.url.erase(start, at + 1 - start);
    if (!request.private_headers.headers.has("Authorization"))
        request.private_headers.headers.set("Authorization", "Basic " + runtime::encode_base64(user));
}

TlsSettings tls_for(const Url& url, const DownloadAccess& access) {
    TlsSettings tls{.unverified_host = access.tls_verify == false ? url.host() : ""};
    if (!url.is_secure() || access.certificate_folder.empty()) return tls;
    add_certificates(tls, access.certificate_folder);
    tls.certificate_file = tls.key_file = "";
    return tls;
}

HttpRequest make_request(const DownloadRequest& wanted, const DownloadAccess& access) {
    HttpRequest request{.url = wanted.url};
    request.private_headers.headers = wanted.private_headers;
    move_password(request);
    const Url url = Url::parse(request.url);
    request.private_headers.origin = url.origin();
    request.tls = tls_for(url, access);
    if (!wanted.etag.empty())
        request.headers.set("If-None-Match", wanted.etag);
    else if (!wanted.last_modified.empty())
        request.headers.set("If-Modified-Since", wanted.last_modified);
    return request;
}

bool is_from_asked_url(const HttpResponse& response, const HttpRequest& request) {
    return Url::parse(response.url()).text() == Url::parse(request.url).text();
}

/// Whether a 304 means that what is here is right. Where a redirect led, the validator says nothing; and a server that
/// compares times by age says "not modified" of a file that an older one has replaced.
bool confirms(const HttpResponse& response, const HttpRequest& request, const DownloadRequest& wanted) {
    if (!is_from_asked_url(response, request)) return false;
    if (!wanted.etag.empty()) return response.headers().find("ETag").value_or(wanted.etag) == wanted.etag;
    return response.headers().find("Last-Modified") == wanted.last_modified;
}

/// Last-Modified, where it tells one content from the next: a file that is younger than this could have changed again
/// within the same second, or by another clock (RFC 9110, section 8.8.2.2).
std::string usable_last_modified(const HttpResponse& response) {
    constexpr std::int64_t youngest_seconds = 60;
    const auto modified = response.last_modified();
    if (!modified) return "";
    const std::string date = response.headers().find("Date").value_or("");
    const std::time_t sent = curl_library().getdate(date.c_str(), nullptr);
    if ((sent < 0 ? std::time(nullptr) : sent) - *modified < youngest_seconds) return "";
    return *response.headers().find("Last-Modified");
}

DownloadResult describe(const HttpResponse& response, const HttpRequest& request, layers::DigestingSink& content) {
    DownloadResult result{
        content.finish(),        content.size_bytes(), "", "", suggested_file_name(response, request.url),
        response.last_modified()};
    if (!is_from_asked_url(response, request)) return result;
    result.etag = response.headers().find("ETag").value_or("");
    result.last_modified = usable_last_modified(response);
    return result;
}

/// Whole, or not at all: where the body breaks off, the file goes.
DownloadResult keep_body(HttpResponse& response, const HttpRequest& request, const std::string& path) {
    NewFile file(path);
    layers::DigestingSink sink(&file.sink());
    runtime::copy_all(response.body(), sink);
    file.keep();
    return describe(response, request, sink);
}

[[noreturn]] void throw_refused(const std::string& url, long status) {
    Error error("cannot fetch {}: the server answered with status {}", quoted(url), status);
    if (status == 404) error.with_hint("there is nothing under that address");
    if (status == 401 || status == 403)
        error.with_hint("a token goes with --secret id=HTTP_AUTH_TOKEN_HOST,src=FILE, HOST being the server's name");
    throw error;
}

}  // namespace

std::string file_name_in_url(const std::string& url) {
    const auto host = url.find("://") + 3;
    const auto path = url.find('/', host);
    if (path == std::string::npos) return "";
    std::string name = percent_decoded(url.substr(path, url.find_first_of("?#", path) - path));
    while (name.ends_with("/")) name.pop_back();
    name = name.substr(name.rfind('/') + 1);
    return name == "." || name == ".." || name.find('\0') != std::string::npos ? "" : name;
}

DownloadAccess download_access(const AccessOptions& options) {
    return {options.tls_verify, options.certificate_folder, options.retry, options.notice};
}

std::optional<DownloadResult> download_to_file(const DownloadRequest& wanted, const DownloadAccess& access,
                                               const std::string& path, const runtime::StopSource& stop) {
    const HttpRequest request = make_request(wanted, access);
    const std::string shown_url = url_for_messages(request.url);
    HttpClient client(stop);
    Retry retry(access.retry, stop, access.notice);
    for (;;) {
        try {
            HttpResponse response = client.send(request);
            if (response.status() == status_not_modified && (!wanted.etag.empty() || !wanted.last_modified.empty())) {
                if (confirms(response, request, wanted)) return std::nullopt;
                return download_to_file({wanted.url, wanted.private_headers}, access, path, stop);
            }
            if (response.is_success()) return keep_body(response, request, path);
            const std::string reason = fmt::format("{} answered with status {}", shown_url, response.status());
            const bool is_busy = may_succeed_later(response.status());
            if (!is_busy || !retry.wait(reason, retry_after(response.headers())))
                throw_refused(shown_url, response.status());
        } catch (const ConnectionError& error) {
            if (!retry.wait_after(error))
                throw Error("cannot fetch {}: {}", shown_url, error.message()).with_hint(error.hint());
        }
    }
}

}  // namespace registry
