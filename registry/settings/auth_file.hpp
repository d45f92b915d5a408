// Files with passwords for registries, in the form that podman and Docker share: containers-auth.json(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/http/retry.hpp"
#include "registry/settings/credentials.hpp"

namespace registry {

/// The files that are read, first to last; what is written goes into the first.
class AuthFiles {
public:
    /// `file` and else $REGISTRY_AUTH_FILE stand for all others. Else: containers/auth.json of the runtime folder and
    /// of the user's configuration, then Docker's config.json and .dockercfg.
    /// `helpers` are programs that are asked, and told, before the usual files.
    explicit AuthFiles(const std::string& file = {}, Notice notice = nullptr, std::vector<std::string> helpers = {});

    /// What is known for a repository, "host[:port]/path", by its longest part that a file names. Throws Error for a
    /// file that is broken, or that others can read while it holds the password.
    std::optional<Credentials> find(const std::string& repository) const;

    /// Keeps credentials under a host or a part of a repository's name. Returns where they are now.
    std::string store(const std::string& key, const Credentials& credentials) const;
    /// Whether there were some.
    bool remove(const std::string& key) const;
    /// Forgets all of them in the file that is written.
    void remove_all() const;
    /// The file that is written.
    const std::string& own_file() const { return own_file_; }

private:
    std::vector<std::string> files_;
    std::string own_file_;
    bool is_named_by_environment_ = false;
    Notice notice_;
    std::vector<std::string> helpers_;
};

/// What a key of a file means: without scheme and trailing slash, Docker's several names for docker.io made one.
std::string normalized_auth_key(std::string_view key);

}  // namespace registry
