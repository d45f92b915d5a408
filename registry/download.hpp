// Fetching a file by HTTP, for ADD.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "layers/digest.hpp"
#include "registry/http/http_headers.hpp"
#include "registry/http/retry.hpp"
#include "registry/settings/access_options.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

struct DownloadRequest {
    std::string url;                   ///< http or https
    HttpHeaders private_headers = {};  ///< Authorization and the like: they never go to another server
    /// Validators of what is here already; empty: fetch it whatever it is.
    std::string etag = {};
    std::string last_modified = {};
};

/// How servers of files are reached: as registries are. The client certificate of a folder is for a registry, and for
/// no other server.
struct DownloadAccess {
    std::optional<bool> tls_verify = std::nullopt;
    std::string certificate_folder = {};  ///< authorities: *.crt
    RetryRules retry = {};
    Notice notice = nullptr;
};
DownloadAccess download_access(const AccessOptions& options);

struct DownloadResult {
    layers::Digest digest;
    std::uint64_t size_bytes = 0;
    std::string etag;
    std::string last_modified;
    std::string file_name;                 ///< out of Content-Disposition, else out of the URL's path
    std::optional<std::int64_t> modified;  ///< Last-Modified, in seconds since 1970
};

/// Fetches a URL, redirects followed, into a new file, which is not there after a failure. Nothing, and no file, where
/// the validators show that what is here is still right. What may pass is tried again: connections that break, servers
/// that are busy. Throws Error naming the URL and the status.
std::optional<DownloadResult> download_to_file(const DownloadRequest& wanted, const DownloadAccess& access,
                                               const std::string& path, const runtime::StopSource& stop);

/// The last name of a URL's path, without anything that could lead elsewhere; may be empty.
std::string file_name_in_url(const std::string& url);

}  // namespace registry
