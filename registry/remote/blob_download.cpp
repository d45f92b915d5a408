#include "registry/remote/blob_download.hpp"

#include <algorithm>
#include <vector>

#include "runtime/base/error.hpp"

namespace registry {
namespace {

using runtime::Error;

/// The first byte of "bytes 100-199/200". RFC 9110, section 14.4.
std::optional<std::uint64_t> range_start(const HttpHeaders& headers) {
    const std::string field = headers.find("Content-Range").value_or("");
    if (!field.starts_with("bytes ")) return std::nullopt;
    return HttpHeaders{{"Start", field.substr(6, field.find('-') - 6)}}.find_number("Start");
}

}  // namespace

BlobDownload::BlobDownload(Repository& repository, const layers::oci::Descriptor& descriptor)
    : repository_(repository), descriptor_(descriptor), retry_(repository.registries().new_retry()) {
    open();
}

void BlobDownload::open() {
    RepositoryRequest request{.path = "/blobs/" + descriptor_.digest().text()};
    if (offset_ > 0) request.headers.add("Range", fmt::format("bytes={}-", offset_));
    HttpResponse response = repository_.expect(request, "get the blob " + descriptor_.digest_text + " of");
    const std::uint64_t start = response.status() == 206 ? range_start(response.headers()).value_or(0) : 0;
    const auto length = response.headers().find_number("Content-Length");
    if (length && start + *length != descriptor_.size)
        throw Error("{} has {} bytes for the blob {} where the image says {}", repository_.name(), start + *length,
                    descriptor_.digest_text, descriptor_.size);
    if (start > offset_) throw Error("{} sent another part of a blob than was asked for", repository_.name());
    // A server that knows no ranges begins again.
    std::vector<std::byte> skipped(std::min<std::uint64_t>(offset_ - start, 64 * 1024));
    for (std::uint64_t rest = offset_ - start; rest > 0;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(rest, skipped.size()));
        const std::size_t count = response.body().read(std::span(skipped).first(wanted));
        if (count == 0) throw ConnectionError("the connection to {} broke", repository_.name());
        rest -= count;
    }
    response_.emplace(std::move(response));
}

/// A server that lets a connection break after a few bytes each time makes no progress that counts.
void BlobDownload::note_progress() {
    constexpr std::uint64_t least_bytes = 256 * 1024;
    if (offset_ - noted_ < least_bytes && offset_ < descriptor_.size) return;
    noted_ = offset_;
    retry_.note_progress();
}

std::size_t BlobDownload::read(std::span<std::byte> buffer) {
    for (;;) {
        try {
            if (!response_) open();
            const std::size_t count = response_->body().read(buffer);
            if (count == 0 && offset_ < descriptor_.size)
                throw ConnectionError("{} ended the blob {} after {} of {} bytes", repository_.name(),
                                      descriptor_.digest_text, offset_, descriptor_.size);
            offset_ += count;
            note_progress();
            return count;
        } catch (const ConnectionError& error) {
            response_.reset();
            if (!retry_.wait_after(error)) throw;
        }
    }
}

}  // namespace registry
