#include "registry/remote/blob_upload.hpp"

#include <algorithm>

#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::Error;

/// What is held in memory for each blob on its way. Larger chunks save few requests, smaller ones cost many.
constexpr std::size_t usual_chunk_bytes = 4U << 20;
constexpr std::size_t small_bytes = 256 * 1024;
/// A registry that wants larger chunks gets its blobs in one piece.
constexpr std::size_t most_chunk_bytes = 32U << 20;

/// The number of bytes in "0-1023" or "bytes=0-1023".
std::optional<std::uint64_t> range_length(const HttpHeaders& headers) {
    const std::string field = headers.find("Range").value_or("");
    const std::size_t dash = field.rfind('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto last = HttpHeaders{{"Last", field.substr(dash + 1)}}.find_number("Last");
    if (!last) return std::nullopt;
    // "0-0" is what registries say of an upload without any byte, too; one byte alone is never sent as a chunk.
    return *last == 0 ? 0 : *last + 1;
}

/// Whether the answer to a chunk means that the registry takes none.
bool refuses_chunks(long status) noexcept {
    return status == 400 || status == 404 || status == 405 || status == 411 || status == 415 || status == 501;
}

constexpr unsigned most_restarts = 5;

/// Whether the registry does not know the upload any more, or has another idea of what came.
bool is_lost_upload(const RegistryError& error) {
    const bool names_upload = std::any_of(error.codes.begin(), error.codes.end(), [](const std::string& code) {
        return code == "BLOB_UPLOAD_UNKNOWN" || code == "BLOB_UPLOAD_INVALID";
    });
    return names_upload || error.status == 404 || error.status == 416;
}

}  // namespace

BlobUpload::BlobUpload(Repository& repository, std::string location, bool is_missing)
    : repository_(repository),
      location_(std::move(location)),
      chunk_bytes_(usual_chunk_bytes),
      is_missing_(is_missing) {}

BlobUpload::~BlobUpload() {
    if (is_done_ || location_.empty()) return;
    try {
        // The registry may do with it what it likes; it would give the upload up by itself some day.
        static_cast<void>(repository_.send({.method = "DELETE", .path = location_, .retries = false}));
    } catch (const Error&) {
        // As before: nobody depends on it.
    }
}

void BlobUpload::begin() {
    if (!location_.empty()) return;
    const HttpResponse response = repository_.expect(
        {.method = "POST", .path = "/blobs/uploads/", .body = HttpBody::of("")}, "begin an upload to");
    location_ = repository_.location_of(response);
    const auto least = response.headers().find_number("OCI-Chunk-Min-Length");
    if (least && *least > chunk_bytes_) {
        if (*least > most_chunk_bytes) return spool();
        chunk_bytes_ = static_cast<std::size_t>(*least);
    }
}

void BlobUpload::write(runtime::Bytes bytes) {
    digest_.write(bytes);
    if (spool_) return runtime::write_all(spool_, bytes, "a blob on its way");
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), chunk_bytes_ - chunk_.size());
        // All of it at once where it will be needed: growing step by step takes twice the memory.
        if (chunk_.size() + count > small_bytes) chunk_.reserve(chunk_bytes_);
        chunk_.insert(chunk_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
        bytes = bytes.subspan(count);
        // The last chunk may be a small one, so a full one goes when it is known not to be the last.
        if (chunk_.size() == chunk_bytes_ && !bytes.empty()) send_chunk();
        if (spool_ && !bytes.empty()) return runtime::write_all(spool_, bytes, "a blob on its way");
    }
}

void BlobUpload::send_chunk() {
    begin();
    if (spool_) return;
    if (chunk_.size() < chunk_bytes_) return;  // the registry wants larger ones
    Retry retry = repository_.registries().new_retry();
    while (!try_chunk(retry)) {
    }
}

/// Takes over what the registry says that it has. Whether any of the chunk is there.
bool BlobUpload::take_progress(std::uint64_t progress) {
    if (progress < sent_ || progress > sent_ + chunk_.size())
        throw BlobLost("{} lost a part of an upload: it has {} bytes of {}", repository_.name(), progress, sent_);
    const std::uint64_t arrived = progress - sent_;
    chunk_.erase(chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(arrived));
    sent_ = progress;
    has_sent_chunk_ = has_sent_chunk_ || sent_ > 0;
    return arrived > 0;
}

/// What to do about an answer that was no success. Whether the chunk has found another way.
bool BlobUpload::meet_refusal(HttpResponse& response, Retry& retry) {
    if (!has_sent_chunk_ && refuses_chunks(response.status())) {
        spool();
        return true;
    }
    const auto delay = retry_after(response.headers());
    RegistryError error = make_registry_error(response);
    error.add_context("cannot send a blob to {}", repository_.name());
    // The chunk may have come twice: its first answer got lost.
    const auto progress = ask_progress();
    if (progress && *progress > sent_ && take_progress(*progress)) {
        retry.note_progress();
        return chunk_.empty();
    }
    // Some registries give an upload up whose connection broke within a chunk.
    if (has_sent_chunk_ && (error.status == 404 || error.status == 400) && !progress) {
        location_.clear();
        throw BlobLost("{}", error.full_message());
    }
    const bool may_help = may_succeed_later(error.status) || (error.status == 416 && progress);
    if (!may_help || !retry.wait(error.full_message(), delay)) throw error;
    return false;
}

/// One try to get the chunk across; false where another one is due, true when it is there or is to go another way.
bool BlobUpload::try_chunk(Retry& retry) {
    const std::string_view content(reinterpret_cast<const char*>(chunk_.data()), chunk_.size());
    try {
        HttpResponse response =
            repository_.send({.method = "PATCH",
                              .path = location_,
                              .headers = {{"Content-Type", "application/octet-stream"},
                                          {"Content-Range", fmt::format("{}-{}", sent_, sent_ + chunk_.size() - 1)}},
                              .body = HttpBody::of(content),
                              .retries = false});
        if (!response.is_success()) return meet_refusal(response, retry);
        location_ = repository_.location_of(response);
        sent_ += chunk_.size();
        chunk_.clear();
        has_sent_chunk_ = true;
        return true;
    } catch (const ConnectionError& error) {
        if (!retry.wait_after(error)) throw;
    }
    const auto progress = ask_progress();
    if (progress && take_progress(*progress)) retry.note_progress();
    return chunk_.empty();
}

std::optional<std::uint64_t> BlobUpload::ask_progress() {
    try {
        const HttpResponse response = repository_.send({.path = location_, .retries = false});
        if (!response.is_success()) return std::nullopt;
        if (response.headers().has("Location")) location_ = repository_.location_of(response);
        return range_length(response.headers());
    } catch (const ConnectionError&) {
        return std::nullopt;
    }
}

/// Gives chunks up before the first has arrived: all that was written so far is in the chunk.
void BlobUpload::spool() {
    spool_folder_.emplace();
    spool_ = runtime::open_path(spool_folder_->path("blob"), O_RDWR | O_CREAT | O_EXCL, 0600);
    runtime::write_all(spool_, runtime::Bytes(chunk_), "a blob on its way");
    chunk_ = {};
}

void BlobUpload::close(const layers::Digest& digest, const std::optional<HttpBody>& body) {
    const std::string url = Url::parse(location_).with_query("digest", digest.text()).text();
    RepositoryRequest request{.method = "PUT",
                              .path = url,
                              .headers = {{"Content-Type", "application/octet-stream"}},
                              .body = body ? *body : HttpBody::of("")};
    // Where the answer to the first try got lost, a second one finds that the upload is closed: then the blob is there.
    HttpResponse response = repository_.send(request);
    if (response.is_success() || (response.status() == 404 && repository_.has_blob(digest))) {
        is_done_ = true;
        return;
    }
    RegistryError error = make_registry_error(response);
    error.add_context("cannot put the blob {} into {}", digest.text(), repository_.name());
    if (has_sent_chunk_ && is_lost_upload(error)) {
        location_.clear();
        throw BlobLost("{}", error.full_message());
    }
    throw error;
}

/// All of it in one request. A registry may give an upload up whose connection broke: then there is another one.
void BlobUpload::send_whole(const layers::Digest& digest, const HttpBody& body) {
    for (unsigned restarts = 0;; ++restarts) {
        if (location_.empty()) {
            const HttpResponse begun = repository_.expect(
                {.method = "POST", .path = "/blobs/uploads/", .body = HttpBody::of("")}, "begin an upload to");
            location_ = repository_.location_of(begun);
        }
        try {
            return close(digest, body);
        } catch (const RegistryError& error) {
            if (!is_lost_upload(error) || restarts == most_restarts) throw;
            location_.clear();
        }
    }
}

void BlobUpload::send_spooled(const layers::Digest& digest) {
    const std::string path = spool_folder_->path("blob");
    // The session that took no chunk may be spoilt.
    location_.clear();
    send_whole(
        digest,
        HttpBody{[path] { return std::make_unique<runtime::FileSource>(runtime::open_path(path, O_RDONLY), path); },
                 digest_.size_bytes()});
}

BlobInfo BlobUpload::finish() {
    const BlobInfo info{digest_.finish(), digest_.size_bytes()};
    if (!has_sent_chunk_ && !is_missing_ && repository_.has_blob(info.digest)) return info;
    if (spool_) {
        send_spooled(info.digest);
        return info;
    }
    if (!has_sent_chunk_) {
        send_whole(info.digest, HttpBody::of({reinterpret_cast<const char*>(chunk_.data()), chunk_.size()}));
        return info;
    }
    Retry retry = repository_.registries().new_retry();
    while (!chunk_.empty() && !try_chunk(retry)) {
    }
    close(info.digest, std::nullopt);
    return info;
}

}  // namespace registry
