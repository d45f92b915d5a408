#include "registry/http/http_exchange.hpp"

#include <algorithm>
#include <charconv>

#include "registry/curl_library.hpp"
#include "registry/http/url.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;

constexpr long buffer_bytes = 256 * 1024;
/// More than one delivery of libcurl, so that the transfer is hardly ever paused.
constexpr std::size_t most_surplus_bytes = 2 * static_cast<std::size_t>(buffer_bytes);
constexpr int poll_milliseconds = 1000;
constexpr std::size_t authorities_limit_bytes = 4U << 20;

/// Whether the failure may be gone at the next try. What lies in certificates or names stays as it is.
bool may_pass(CURLcode code) noexcept {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_PARTIAL_FILE:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return true;
        default:
            return false;
    }
}

std::string hint_for(CURLcode code) {
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
            return "the server's certificate comes from no authority that is trusted here; give the authority's "
                   "certificate with --cert-dir, or --tls-verify=false where you trust the network";
        case CURLE_COULDNT_RESOLVE_HOST:
            return "check the name of the host, and the network";
        case CURLE_SSL_CONNECT_ERROR:
            return "the server may speak plain HTTP only; --tls-verify=false allows that";
        default:
            return "";
    }
}

}  // namespace

HttpConnection::HttpConnection() : multi_(curl_library().multi_init()), easy_(curl_library().easy_init()) {
    if (multi_ == nullptr || easy_ == nullptr) throw Error("cannot make an HTTP request: out of memory");
}

HttpConnection::~HttpConnection() {
    curl_library().easy_cleanup(easy_);
    curl_library().multi_cleanup(multi_);
}

std::unique_ptr<HttpConnection> HttpConnections::take(const std::string& origin) {
    std::unique_ptr<HttpConnection> connection;
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(idle_.begin(), idle_.end(),
                                        [&](const auto& candidate) { return candidate->origin == origin; });
        if (found != idle_.end()) {
            connection = std::move(*found);
            idle_.erase(found);
        }
    }
    if (!connection) connection = std::make_unique<HttpConnection>();
    connection->origin = origin;
    return connection;
}

void HttpConnections::give_back(std::unique_ptr<HttpConnection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() == most_idle) idle_.erase(idle_.begin());
    idle_.push_back(std::move(connection));
}

HttpExchange::HttpExchange(std::shared_ptr<HttpConnections> connections, std::unique_ptr<HttpConnection> connection,
                           const HttpRequest& request, std::string url, const ExchangeSettings& settings,
                           const runtime::StopSource& stop)
    : connections_(std::move(connections)),
      connection_(std::move(connection)),
      stop_(stop),
      url_(std::move(url)),
      may_challenge_(settings.may_challenge) {
    try {
        set_options(request);
        set_tls(settings);
        set_headers(settings.headers, request);
    } catch (...) {
        curl_library().slist_free_all(header_lines_);
        throw;
    }
    curl_library().multi_add_handle(connection_->multi(), connection_->easy());
}

HttpExchange::~HttpExchange() {
    const CurlLibrary& curl = curl_library();
    // A connection whose answer was not read to its end is closed by this.
    curl.multi_remove_handle(connection_->multi(), connection_->easy());
    curl.easy_reset(connection_->easy());
    curl.slist_free_all(header_lines_);
    connections_->give_back(std::move(connection_));
}

void HttpExchange::set_options(const HttpRequest& request) {
    const CurlLibrary& curl = curl_library();
    CURL* const easy = connection_->easy();
    curl.easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // One connection a transfer: for large blobs several of them are faster than one that is shared.
    curl.easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, request.timeouts.connect_seconds);
    curl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, request.timeouts.slowest_bytes_per_second);
    curl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, request.timeouts.stalled_seconds);
    curl.easy_setopt(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
    curl.easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, buffer_bytes);
    curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, reason_.data());
    curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl.easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl.easy_setopt(easy, CURLOPT_HEADERDATA, this);
    if (!request.unix_socket.empty()) curl.easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    is_head_ = request.method == "HEAD";
    if (is_head_) curl.easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request.body) {
        open_body_ = request.body->open;
        body_ = open_body_();
        curl.easy_setopt(easy, CURLOPT_SEEKFUNCTION, begin_body_again);
        curl.easy_setopt(easy, CURLOPT_SEEKDATA, this);
        curl.easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl.easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
        curl.easy_setopt(easy, CURLOPT_READDATA, this);
        curl.easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body->size_bytes));
    }
    if (request.body || (request.method != "GET" && request.method != "HEAD"))
        curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void HttpExchange::set_tls(const ExchangeSettings& settings) {
    const TlsSettings& tls = settings.tls;
    const CurlLibrary& curl = curl_library();
    CURL* const easy = connection_->easy();
    if (!settings.verifies) {
        curl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!tls.authority_files.empty()) {
        // This takes the place of the machine's bundle of authorities; their folder stays in use.
        for (const std::string& file : tls.authority_files)
            authorities_ += runtime::read_file(file, authorities_limit_bytes) + "\n";
        curl_blob blob{authorities_.data(), authorities_.size(), CURL_BLOB_NOCOPY};
        curl.easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    }
    // As other programs that use a bundle of their own.
    if (const char* const bundle = std::getenv("SSL_CERT_FILE"); tls.authority_files.empty() && bundle != nullptr)
        curl.easy_setopt(easy, CURLOPT_CAINFO, bundle);
    if (!settings.shows_certificate || tls.certificate_file.empty()) return;
    curl.easy_setopt(easy, CURLOPT_SSLCERT, tls.certificate_file.c_str());
    if (!tls.key_file.empty()) curl.easy_setopt(easy, CURLOPT_SSLKEY, tls.key_file.c_str());
}

void HttpExchange::add_header_line(const std::string& line) {
    curl_slist* const longer = curl_library().slist_append(header_lines_, line.c_str());
    if (longer == nullptr) throw Error("cannot make an HTTP request: out of memory");
    header_lines_ = longer;
}

void HttpExchange::set_headers(const HttpHeaders& headers, const HttpRequest& request) {
    for (const HttpHeader& header : headers.all()) {
        // libcurl's ways of writing a field without a value, and of taking one away.
        add_header_line(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    if (!headers.has("Accept")) add_header_line("Accept: */*");
    if (!headers.has("User-Agent")) add_header_line("User-Agent: builder");
    // Waiting for "100 Continue" costs a second where a server does not send it.
    if (request.body) add_header_line("Expect:");
    curl_library().easy_setopt(connection_->easy(), CURLOPT_HTTPHEADER, header_lines_);
}

std::size_t HttpExchange::keep(runtime::Bytes bytes) {
    const std::size_t waiting = surplus_.size() - surplus_used_;
    if (wanted_.size() == delivered_ && waiting > 0 && waiting + bytes.size() > most_surplus_bytes) {
        is_paused_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    const std::size_t direct = waiting == 0 ? std::min(bytes.size(), wanted_.size() - delivered_) : 0;
    std::copy_n(bytes.begin(), direct, wanted_.begin() + static_cast<std::ptrdiff_t>(delivered_));
    delivered_ += direct;
    surplus_.insert(surplus_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(direct), bytes.end());
    return bytes.size();
}

std::size_t HttpExchange::take_body(char* data, std::size_t, std::size_t count, void* self) {
    auto& exchange = *static_cast<HttpExchange*>(self);
    try {
        return exchange.keep(std::as_bytes(std::span(data, count)));
    } catch (...) {
        exchange.failure_ = std::current_exception();
        return 0;
    }
}

std::size_t HttpExchange::take_header(char* data, std::size_t, std::size_t count, void* self) {
    auto& exchange = *static_cast<HttpExchange*>(self);
    try {
        exchange.note_header(std::string_view(data, count));
        return count;
    } catch (...) {
        exchange.failure_ = std::current_exception();
        return 0;
    }
}

std::size_t HttpExchange::give_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<HttpExchange*>(self);
    try {
        return exchange.body_->read(std::as_writable_bytes(std::span(data, size * count)));
    } catch (...) {
        exchange.failure_ = std::current_exception();
        return CURL_READFUNC_ABORT;
    }
}

/// libcurl asks for the start again where a kept connection turns out to be closed.
int HttpExchange::begin_body_again(void* self, curl_off_t offset, int origin) {
    auto& exchange = *static_cast<HttpExchange*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    try {
        exchange.body_ = exchange.open_body_();
        return CURL_SEEKFUNC_OK;
    } catch (...) {
        exchange.failure_ = std::current_exception();
        return CURL_SEEKFUNC_FAIL;
    }
}

void HttpExchange::note_header(std::string_view line) {
    if (has_answer_) return;  // trailers
    if (line.starts_with("HTTP/")) {
        answer_headers_.clear();
        const std::size_t start = std::min(line.find(' '), line.size() - 1) + 1;
        std::from_chars(line.data() + start, line.data() + line.size(), status_);
        return;
    }
    const std::string_view content = trimmed(line);
    if (content.empty()) {
        has_answer_ = status_ >= 200;  // else something like "100 Continue", and the answer follows
        return;
    }
    const std::size_t colon = content.find(':');
    if (colon == std::string_view::npos || colon == 0) return;
    std::string name(trimmed(content.substr(0, colon)));
    if (!may_challenge_ && equal_without_case(name, "WWW-Authenticate")) return;
    answer_headers_.add(std::move(name), std::string(trimmed(content.substr(colon + 1))));
}

namespace {

constexpr const char* refused = "connect: connection refused";

/// By name or address: loopback.
bool is_on_this_machine(const std::string& url) {
    const std::string host = Url::parse(url).host();
    const std::string name =
        host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    return name == "localhost" || name.starts_with("127.") || name == "[::1]";
}

/// What people know a failure by, from other tools. The machine's own word for a refused connection comes with the
/// error of the last system call.
std::string known_sentence(CURLcode result, std::string_view reason) {
    const auto has = [&](std::string_view words) { return reason.find(words) != std::string_view::npos; };
    if (result == CURLE_COULDNT_RESOLVE_HOST) return "no such host";
    if (result == CURLE_COULDNT_CONNECT && (has("Couldn't connect") || has("refused"))) return refused;
    if (has("wrong version number")) return "http: server gave HTTP response to HTTPS client";
    if (has("local issuer certificate") || has("self-signed") || has("self signed"))
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    return "";
}

}  // namespace

void HttpExchange::note_end(CURLcode result) {
    has_ended_ = true;
    if (failure_) std::rethrow_exception(failure_);
    stop_.throw_if_stopped();
    if (result == CURLE_OK) return;
    const char* const reason = reason_[0] != 0 ? reason_.data() : curl_library().easy_strerror(result);
    const std::string known = known_sentence(result, reason);
    ConnectionError error = known.empty() ? ConnectionError("{}", reason) : ConnectionError("{} ({})", known, reason);
    error.add_context("cannot talk to {}", url_for_messages(url_)).with_hint(hint_for(result));
    if (known == refused && is_on_this_machine(url_)) {
        error.is_nobody_here = true;
        // localhost/NAME is what builder calls images of its own.
        if (url_.starts_with("https://localhost/v2/") || url_.starts_with("http://localhost/v2/"))
            error.with_hint("no image of this name is in the store, and no registry listens at localhost");
        error.with_hint("nothing listens there: is the server running, and at this port?");
    }
    // A server without TLS stays without.
    error.may_pass =
        may_pass(result) && std::string_view(reason).find("wrong version number") == std::string_view::npos;
    // What came before it is delivered first.
    if (!has_answer_) throw error;
    ending_ = std::make_exception_ptr(error);
}

void HttpExchange::drive() {
    const CurlLibrary& curl = curl_library();
    const bool had_answer = has_answer_;
    const std::size_t had_bytes = delivered_ + surplus_.size();
    int running = 0;
    if (const CURLMcode code = curl.multi_perform(connection_->multi(), &running); code != CURLM_OK)
        throw Error("libcurl failed: {}", curl.multi_strerror(code));
    int left = 0;
    while (const CURLMsg* const message = curl.multi_info_read(connection_->multi(), &left))
        if (message->msg == CURLMSG_DONE) return note_end(message->data.result);
    stop_.throw_if_stopped();
    if (had_answer != has_answer_ || had_bytes != delivered_ + surplus_.size()) return;
    curl_waitfd stop{stop_.descriptor().get(), CURL_WAIT_POLLIN, 0};
    curl.multi_poll(connection_->multi(), &stop, 1, poll_milliseconds, nullptr);
}

void HttpExchange::await_answer() {
    while (!has_answer_ && !has_ended_) drive();
    if (!has_answer_) {
        // To libcurl, a connection that is closed in the head of an answer is an answer without a body.
        ConnectionError error("the connection was closed in the head of the answer");
        error.add_context("cannot talk to {}", url_for_messages(url_));
        throw error;
    }
    // Without a body the end has come, and the connection can be used again.
    const bool has_no_body =
        is_head_ || status_ == 204 || status_ == 304 || answer_headers_.find("Content-Length") == "0";
    while (has_no_body && !has_ended_) drive();
}

std::size_t HttpExchange::read(std::span<std::byte> buffer) {
    if (buffer.empty()) return 0;
    if (surplus_used_ == surplus_.size()) {
        surplus_.clear();
        surplus_used_ = 0;
        wanted_ = buffer;
        delivered_ = 0;
        struct NobodyWaits {
            HttpExchange& exchange;
            ~NobodyWaits() { exchange.wanted_ = {}, exchange.delivered_ = 0; }
        } const at_end{*this};
        if (std::exchange(is_paused_, false)) curl_library().easy_pause(connection_->easy(), CURLPAUSE_CONT);
        while (delivered_ == 0 && !has_ended_) drive();
        if (delivered_ == 0 && ending_) std::rethrow_exception(ending_);
        return delivered_;
    }
    const std::size_t count = std::min(buffer.size(), surplus_.size() - surplus_used_);
    std::copy_n(surplus_.begin() + static_cast<std::ptrdiff_t>(surplus_used_), count, buffer.begin());
    surplus_used_ += count;
    return count;
}

}  // namespace registry
