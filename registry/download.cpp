#include "registry/download.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <exception>

#include "layers/verifying_source.hpp"
#include "registry/curl_library.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr long connect_timeout_seconds = 30;
constexpr long stalled_seconds = 60;
constexpr long most_redirects = 10;

struct HandleReleaser {
    void operator()(CURL* handle) const noexcept { curl_library().easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleReleaser>;

/// What the callbacks work on. No exception may pass through libcurl's C code, so one waits here.
struct Transfer {
    layers::DigestingSink* sink;
    const runtime::StopSource* stop;
    std::string disposition;
    std::exception_ptr failure;
};

std::size_t take_body(char* data, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    try {
        transfer.sink->write(std::string_view(data, count));
        return count;
    } catch (...) {
        transfer.failure = std::current_exception();
        return 0;
    }
}

std::size_t take_header(char* data, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    constexpr std::string_view name = "content-disposition:";
    std::string line(data, count);
    std::string start = line.substr(0, name.size());
    for (char& c : start) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (start == name) transfer.disposition = line.substr(name.size());
    if (line.starts_with("HTTP/")) transfer.disposition.clear();  // a redirect's headers do not count
    return count;
}

int watch(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(context)->stop->stop_requested() ? 1 : 0;
}

/// The last name of what a header or a URL says, without anything that could lead elsewhere.
std::string plain_name(std::string_view text) {
    const std::size_t slash = text.find_last_of('/');
    std::string name(slash == std::string_view::npos ? text : text.substr(slash + 1));
    return name == "." || name == ".." ? "" : name;
}

std::string name_in_disposition(const std::string& header) {
    const auto start = header.find("filename=");
    if (start == std::string::npos) return "";
    std::string value = header.substr(start + 9);
    if (value.starts_with("\"")) return plain_name(value.substr(1, value.find('"', 1) - 1));
    return plain_name(value.substr(0, value.find_first_of("; \r\n")));
}

std::string name_in_url(const std::string& url) {
    const auto host = url.find("://") + 3;
    const auto path = url.find('/', host);
    if (path == std::string::npos) return "";
    return plain_name(url.substr(path, url.find_first_of("?#", path) - path));
}

void set_options(CURL* handle, const std::string& url, Transfer& transfer) {
    const CurlLibrary& curl = curl_library();
    curl.easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl.easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl.easy_setopt(handle, CURLOPT_MAXREDIRS, most_redirects);
    curl.easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    curl.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl.easy_setopt(handle, CURLOPT_FILETIME, 1L);
    curl.easy_setopt(handle, CURLOPT_USERAGENT, "builder");
    curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_timeout_seconds);
    curl.easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl.easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, stalled_seconds);
    curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl.easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl.easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
    curl.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
    curl.easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
}

void perform(CURL* handle, const std::string& url, const Transfer& transfer) {
    const CurlLibrary& curl = curl_library();
    const CURLcode result = curl.easy_perform(handle);
    if (transfer.failure) std::rethrow_exception(transfer.failure);
    transfer.stop->throw_if_stopped();
    if (result == CURLE_OK) return;
    long status = 0;
    curl.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (result == CURLE_HTTP_RETURNED_ERROR)
        throw Error("cannot fetch {}: the server answered with status {}", quoted(url), status)
            .with_hint(status == 404 ? "there is nothing under that address" : "");
    throw Error("cannot fetch {}: {}", quoted(url), curl.easy_strerror(result));
}

}  // namespace

DownloadResult download_to_file(const std::string& url, const std::string& path, const runtime::StopSource& stop) {
    runtime::FileSink file(runtime::open_path(path, O_WRONLY | O_CREAT | O_EXCL, 0600), path);
    layers::DigestingSink sink(&file);
    Transfer transfer{&sink, &stop, {}, nullptr};
    const Handle handle(curl_library().easy_init());
    if (!handle) throw Error("cannot make an HTTP request");
    set_options(handle.get(), url, transfer);
    try {
        perform(handle.get(), url, transfer);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    DownloadResult result{sink.finish(), name_in_disposition(transfer.disposition), std::nullopt};
    if (result.file_name.empty()) result.file_name = name_in_url(url);
    long modified = -1;
    curl_library().easy_getinfo(handle.get(), CURLINFO_FILETIME, &modified);
    if (modified >= 0) result.modified = timespec{modified, 0};
    return result;
}

}  // namespace registry
