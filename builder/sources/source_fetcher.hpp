// What builds take from elsewhere: files of HTTP servers and git repositories.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "builder/sources/git_source.hpp"
#include "builder/sources/source_policy.hpp"
#include "layers/digest.hpp"
#include "layers/store/store.hpp"
#include "registry/download.hpp"
#include "registry/http/http_headers.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

struct FetchedFile {
    layers::Digest digest;
    std::string name;                      ///< the last name of the URL, else what the server calls it; may be empty
    std::optional<std::int64_t> modified;  ///< Last-Modified, in seconds since 1970
    std::string path;                      ///< of the content, which belongs to the store
};

/// The secrets are those of the build: those with well-known names open servers. Thread-safe.
class SourceFetcher {
public:
    /// The store is asked for when something is fetched.
    SourceFetcher(std::function<layers::Store&()> store, std::map<std::string, std::string> secrets,
                  SshAgents ssh_agents, const runtime::StopSource& stop)
        : find_store_(std::move(store)),
          secrets_(std::move(secrets)),
          ssh_agents_(std::move(ssh_agents)),
          stop_(stop) {}

    /// How servers of files are reached.
    void set_access(registry::DownloadAccess access) { access_ = std::move(access); }
    /// What is asked before anything is fetched; it outlives the fetcher.
    void set_policy(const SourcePolicy* policy) noexcept { policy_ = policy; }

    /// Fetches a URL. The server is asked whether the content of last time is still right, where it can tell (RFC 9110,
    /// section 13). Throws Error.
    FetchedFile fetch_file(const std::string& url);
    /// Throws Error where the policy does not allow a URL, or not with content of this digest.
    void require_allowed(const std::string& url, const layers::Digest& digest) const;
    /// What the URL gave when it was last fetched, where that had this digest and is still in the store.
    std::optional<FetchedFile> find_file(const std::string& url, const layers::Digest& digest) const;
    /// `as_user`: see GitAccess.
    GitSource open_git(const GitUrl& url, bool as_user) const;

    layers::Store& store() const { return find_store_(); }
    const runtime::StopSource& stop() const noexcept { return stop_; }

private:
    PolicySource allowed(const std::string& url) const;
    FetchedFile fetch_allowed(const std::string& url);
    registry::HttpHeaders headers_for(const std::string& url) const;

    std::function<layers::Store&()> find_store_;
    std::map<std::string, std::string> secrets_;
    SshAgents ssh_agents_;
    const runtime::StopSource& stop_;
    const SourcePolicy* policy_ = nullptr;
    registry::DownloadAccess access_;
    std::mutex mutex_;
    mutable std::mutex git_mutex_;
    mutable std::string plain_git_host_;  ///< the one that secrets without a host are for
};

/// The last name of a URL's path; may be empty.
std::string name_in_url(const std::string& url);

}  // namespace builder
