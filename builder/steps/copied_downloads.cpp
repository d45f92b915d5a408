#include "builder/steps/copied_downloads.hpp"

#include <fcntl.h>

#include "builder/sources/archive_source.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {

using runtime::Error;

void CopiedDownloads::gather(const std::string& url) {
    SourceFetcher& fetcher = job_.environment.fetcher;
    const std::string& checksum = job_.words.checksum;
    if (!checksum.empty()) {
        const auto wanted = layers::Digest::parse_if_valid(checksum);
        if (!wanted)
            throw Error("invalid checksum flag: {} is no digest", runtime::quoted(checksum))
                .with_hint("it looks like sha256:…");
        fetcher.require_allowed(url, *wanted);
        if (std::string name = name_in_url(url); !name.empty())
            return downloads_.push_back({url, *wanted, std::move(name), std::nullopt});
    }
    FetchedFile file = fetcher.fetch_file(url);
    downloads_.push_back({url, file.digest, file.name, std::move(file)});
    require_checksum(downloads_.back());
}

void CopiedDownloads::require_checksum(const Download& download) const {
    const std::string& checksum = job_.words.checksum;
    if (checksum.empty() || download.file->digest.text() == checksum) return;
    const std::string url = registry::without_user(download.url);
    throw Error("reading \"{0}\": unexpected response digest for \"{0}\": {1}, want {2}", url,
                download.file->digest.text(), checksum)
        .with_hint("correct --checksum when the new content is what you want");
}

void CopiedDownloads::add_to_key(KeyBuilder& key) {
    for (const Download& download : downloads_) {
        const bool has_time = job_.words.checksum.empty() && download.file && download.file->modified;
        key.add("download " + download.name,
                fmt::format("{} {}", download.digest.text(), has_time ? *download.file->modified : 0));
    }
}

/// The name in the key is that of the URL; a server that calls it otherwise is heard only where the name was not given.
void CopiedDownloads::write_one(const Download& download, CopyWriter& writer, overlay::UpperFolder& upper) const {
    SourceFetcher& fetcher = job_.environment.fetcher;
    Download fetched = download;
    if (!fetched.file) fetched.file = fetcher.find_file(download.url, download.digest);
    if (!fetched.file) fetched.file = fetcher.fetch_file(download.url);
    require_checksum(fetched);
    runtime::Fd content = runtime::open_path(fetched.file->path, O_RDONLY);
    if (job_.words.unpack == true && is_archive(content))
        return job_.unpack(std::move(content), download.url, upper, writer);
    writer.write_file(job_.words.destination, download.name, content, 0600,
                      timespec{fetched.file->modified.value_or(0), 0});
}

void CopiedDownloads::write(CopyWriter& writer, overlay::UpperFolder& upper) {
    for (const Download& download : downloads_) write_one(download, writer, upper);
}

}  // namespace builder
