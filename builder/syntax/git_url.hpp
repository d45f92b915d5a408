// Git repositories as sources of ADD and as contexts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace builder {

/// A place in a git repository: URL#ref:subfolder, or URL?ref=…&subdir=….
struct GitUrl {
    std::string remote;      ///< as git takes it
    std::string short_name;  ///< the last part of the path without `.git`
    std::string ref;         ///< a branch, tag, commit or full ref; empty for the default branch
    std::string subfolder;
    std::string checksum;  ///< the commit, or its start, that `ref` must be
    std::string mtime;     ///< checkout, commit or empty
    std::optional<bool> keep_git_folder;
    std::optional<bool> submodules;
    bool fetch_by_commit = false;
    bool is_unencrypted = false;     ///< git:// and http://
    bool may_be_local_path = false;  ///< github.com/… without a protocol
};

/// Nothing when the text is no git URL, so a path or something to download. Throws Error for one with wrong parameters.
std::optional<GitUrl> parse_git_url(std::string_view text);

/// Where the remote is; both empty for forms without a protocol.
struct GitAddress {
    std::string protocol;
    std::string host;  ///< with the port, without a user
};

GitAddress address_of(const std::string& remote);

/// github.com may be written without.
std::string with_protocol(const std::string& remote);

/// Who asks, as an address over HTTP may say it, with its escapes.
struct GitLogin {
    std::string user;
    std::optional<std::string> password;
};

/// Takes the login out of an address over HTTP. Either part may be a token. What is left may be shown, may lie in an
/// image, and may stand among arguments, which every user of a machine reads.
GitLogin take_login(std::string& remote);

/// The remote as it may be shown: without a login, and without the password of another protocol.
std::string shown_remote(std::string remote);

}  // namespace builder
