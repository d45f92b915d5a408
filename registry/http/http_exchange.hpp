// One request and its answer over libcurl's multi interface, driven by the thread that reads the answer.
#pragma once

#include <curl/curl.h>

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "registry/http/http_client.hpp"

namespace registry {

/// What keeps connections of libcurl open, used by one exchange at a time.
class HttpConnection {
public:
    HttpConnection();
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    CURLM* multi() const noexcept { return multi_; }
    CURL* easy() const noexcept { return easy_; }
    std::string origin;  ///< of its last request

private:
    CURLM* multi_;
    CURL* easy_;
};

/// Connections that nobody uses at the moment.
class HttpConnections {
public:
    /// One that was used for this origin before, where there is one.
    std::unique_ptr<HttpConnection> take(const std::string& origin);
    void give_back(std::unique_ptr<HttpConnection> connection);

private:
    static constexpr std::size_t most_idle = 16;
    std::mutex mutex_;
    std::vector<std::unique_ptr<HttpConnection>> idle_;
};

/// What one server gets of a request, and what is asked of it.
struct ExchangeSettings {
    HttpHeaders headers;  ///< all that go with the request
    const TlsSettings& tls;
    bool verifies = true;
    bool shows_certificate = false;
    bool may_challenge = true;  ///< else a WWW-Authenticate in the answer is dropped
};

class HttpExchange final : public runtime::Source {
public:
    HttpExchange(std::shared_ptr<HttpConnections> connections, std::unique_ptr<HttpConnection> connection,
                 const HttpRequest& request, std::string url, const ExchangeSettings& settings,
                 const runtime::StopSource& stop);
    ~HttpExchange() override;

    /// Waits for status and fields.
    void await_answer();
    std::size_t read(std::span<std::byte> buffer) override;

    long status() const noexcept { return status_; }
    const HttpHeaders& headers() const noexcept { return answer_headers_; }
    const std::string& url() const noexcept { return url_; }

private:
    static std::size_t take_body(char* data, std::size_t, std::size_t count, void* self);
    static std::size_t take_header(char* data, std::size_t, std::size_t count, void* self);
    static std::size_t give_body(char* data, std::size_t size, std::size_t count, void* self);

    static int begin_body_again(void* self, curl_off_t offset, int origin);

    void set_options(const HttpRequest& request);
    void set_tls(const ExchangeSettings& settings);
    void set_headers(const HttpHeaders& headers, const HttpRequest& request);
    void add_header_line(const std::string& line);
    std::size_t keep(runtime::Bytes bytes);
    void note_header(std::string_view line);
    /// Moves the transfer on; waits where there is nothing to do.
    void drive();
    void note_end(CURLcode result);

    std::shared_ptr<HttpConnections> connections_;
    std::unique_ptr<HttpConnection> connection_;
    const runtime::StopSource& stop_;
    std::string url_;
    std::function<std::unique_ptr<runtime::Source>()> open_body_;
    std::unique_ptr<runtime::Source> body_;
    bool may_challenge_;
    bool is_head_ = false;
    curl_slist* header_lines_ = nullptr;
    std::string authorities_;
    std::array<char, CURL_ERROR_SIZE> reason_{};

    long status_ = 0;
    HttpHeaders answer_headers_;
    bool has_answer_ = false;
    bool has_ended_ = false;
    bool is_paused_ = false;
    std::span<std::byte> wanted_;     ///< where a reader waits for bytes
    std::size_t delivered_ = 0;       ///< bytes that were put there
    std::vector<std::byte> surplus_;  ///< what came beyond that
    std::size_t surplus_used_ = 0;
    std::exception_ptr ending_;   ///< why the body is not whole
    std::exception_ptr failure_;  ///< no exception may pass through libcurl's C code, so one waits here
};

}  // namespace registry
