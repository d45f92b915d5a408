// Fetching a file by HTTP, for ADD.
#pragma once

#include <time.h>

#include <optional>
#include <string>

#include "layers/digest.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

struct DownloadResult {
    layers::Digest digest;
    std::string file_name;             ///< out of Content-Disposition, else out of the URL's path
    std::optional<timespec> modified;  ///< Last-Modified
};

/// Fetches a URL (http, https; redirects are followed) into a new file. Throws Error naming the URL and the status.
DownloadResult download_to_file(const std::string& url, const std::string& path, const runtime::StopSource& stop);

}  // namespace registry
