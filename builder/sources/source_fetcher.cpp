#include "builder/sources/source_fetcher.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "registry/download.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// "host:port" of a URL.
std::string host_of(const std::string& url) {
    std::string host = url.substr(url.find("://") + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    return host.substr(host.rfind('@') + 1);
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

/// A file is called as the URL that the user wrote says, whatever a policy, a redirect or the server make of it.
std::string file_name(const std::string& url, const std::string& suggested) {
    std::string name = name_in_url(url);
    return name.empty() ? suggested : name;
}

void hold_to_policy(const PolicySource& source, const layers::Digest& digest) {
    const auto checksum = source.attributes.find("http.checksum");
    if (checksum == source.attributes.end() || checksum->second == digest.text()) return;
    throw runtime::Error("{} has the digest {}, and the source policy asks for {}",
                         runtime::quoted(registry::url_for_messages(source.identifier)), digest.text(),
                         checksum->second);
}

/// What a policy is asked about: a user in front of a host, or another way to write it, makes no other server of it.
std::string policy_name(const std::string& url) {
    const std::string text = registry::without_user(url);
    const std::size_t start = text.find("://") + 3;
    const std::size_t end = std::min(text.find_first_of("/?#", start), text.size());
    const std::size_t colon = text.rfind(':', end);
    const bool has_port = colon >= start && text.find(']', colon) >= end;
    return text.substr(0, start) + registry::Url::parse(text).host() +
           (has_port ? text.substr(colon, end - colon) : "") + text.substr(end);
}

}  // namespace

std::string name_in_url(const std::string& url) {
    return registry::file_name_in_url(url);
}

/// The secrets HTTP_AUTH_HEADER_HOST, a whole value, and HTTP_AUTH_TOKEN_HOST, a bearer token.
registry::HttpHeaders SourceFetcher::headers_for(const std::string& url) const {
    const std::string host = host_of(url);
    for (const std::string& name : {host, host.substr(0, host.rfind(':'))}) {
        const auto header = secrets_.find("HTTP_AUTH_HEADER_" + name);
        const auto token = secrets_.find("HTTP_AUTH_TOKEN_" + name);
        if (header == secrets_.end() && token == secrets_.end()) continue;
        registry::require_private_way(url, "the secret for " + name);
        return {
            {"Authorization", header != secrets_.end() ? trimmed(header->second) : "Bearer " + trimmed(token->second)}};
    }
    return {};
}

PolicySource SourceFetcher::allowed(const std::string& url) const {
    if (policy_ == nullptr) return {url};
    const std::string name = policy_name(url);
    PolicySource source = policy_->apply({name});
    if (source.identifier == name) source.identifier = url;
    return source;
}

std::optional<FetchedFile> SourceFetcher::find_file(const std::string& url, const layers::Digest& digest) const {
    const auto known = store().downloads().find(allowed(url).identifier);
    if (!known || known->digest != digest || !store().blobs().find(digest)) return std::nullopt;
    return FetchedFile{digest, file_name(url, known->file_name), known->modified, store().blobs().path(digest)};
}

FetchedFile SourceFetcher::fetch_file(const std::string& url) {
    const PolicySource source = allowed(url);
    FetchedFile file = fetch_allowed(source.identifier);
    file.name = file_name(url, file.name);
    hold_to_policy(source, file.digest);
    return file;
}

void SourceFetcher::require_allowed(const std::string& url, const layers::Digest& digest) const {
    hold_to_policy(allowed(url), digest);
}

FetchedFile SourceFetcher::fetch_allowed(const std::string& url) {
    // One at a time: two stages that want the same file fetch it once.
    const std::lock_guard lock(mutex_);
    registry::DownloadRequest request{url, headers_for(url), "", ""};
    const auto known = store().downloads().find(url);
    if (known && store().blobs().find(known->digest)) {
        request.etag = known->etag;
        request.last_modified = known->last_modified;
    }
    const std::string path = store().staging().new_path();
    const auto result = registry::download_to_file(request, access_, path, stop_);
    if (!result) {
        store().downloads().put(*known);
        return {known->digest, known->file_name, known->modified, store().blobs().path(known->digest)};
    }
    store().blobs().add(path, {result->digest, static_cast<std::int64_t>(result->size_bytes), std::nullopt});
    store().downloads().put(
        {url, result->etag, result->last_modified, result->digest, result->file_name, result->modified});
    return {result->digest, result->file_name, result->modified, store().blobs().path(result->digest)};
}

namespace {

/// "git://host/path#ref", whatever the protocol is; and the way back.
std::string policy_name(const GitUrl& url) {
    const std::string remote = shown_remote(url.remote);
    const auto protocol = remote.find("://");
    std::string name = "git://" + (protocol == std::string::npos ? remote : remote.substr(protocol + 3));
    if (!url.ref.empty() || !url.subfolder.empty()) name += "#" + url.ref;
    if (!url.subfolder.empty()) name += ":" + url.subfolder;
    return name;
}

GitUrl converted(const GitUrl& url, const std::string& name) {
    const auto protocol = url.remote.find("://");
    const bool keeps_protocol = name.starts_with("git://") && protocol != std::string::npos;
    auto changed = parse_git_url(keeps_protocol ? url.remote.substr(0, protocol) + name.substr(3) : name);
    if (!changed) throw runtime::Error("the source policy makes {} of a git repository", runtime::quoted(name));
    changed->keep_git_folder = url.keep_git_folder;
    changed->submodules = url.submodules;
    changed->mtime = url.mtime;
    return *std::move(changed);
}

}  // namespace

GitSource SourceFetcher::open_git(const GitUrl& url, bool as_user) const {
    const std::string name = policy_name(url);
    const std::string allowed_name = policy_ == nullptr ? name : policy_->apply({name}).identifier;
    const GitUrl source = allowed_name == name ? url : converted(url, allowed_name);
    GitAccess access = [&] {
        const std::lock_guard lock(git_mutex_);
        return git_access(source, secrets_, ssh_agents_, plain_git_host_);
    }();
    access.as_user = as_user;
    return {source, std::move(access), store().location().root + "/git", stop_};
}

}  // namespace builder
