// A commit of a git repository as a folder of files, by means of git itself.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "builder/sources/git_access.hpp"
#include "builder/syntax/git_url.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

struct GitCommit {
    std::string id;      ///< hexadecimal
    std::string ref;     ///< the full name it was found under, or empty
    std::string tag_id;  ///< of the tag object, where the ref is an annotated tag
};

struct GitCheckout {
    bool keeps_git_folder = false;
    bool with_submodules = true;
    bool has_commit_times = false;  ///< the files get the time of the commit
};

/// What is fetched is kept in a bare repository below `cache_folder`, one for each remote, so that the next time only
/// what is new travels. Throws Error with what git said.
class GitSource {
public:
    GitSource(GitUrl url, GitAccess access, std::string cache_folder, const runtime::StopSource& stop);

    /// Asks the remote for the commit that the ref of the URL names now; a whole commit ID needs no asking. Throws
    /// Error where there is none, and where it is not the one that the URL's checksum names.
    GitCommit resolve();
    /// Seconds since 1970.
    std::int64_t commit_time(const GitCommit& commit);
    /// Writes the files of a commit into a folder, which is made.
    void check_out(const GitCommit& commit, const std::string& folder, const GitCheckout& options);

    /// The remote as it may be shown: without a user and a password.
    const std::string& remote_name() const noexcept { return remote_name_; }

private:
    class Repository;
    using Settings = std::vector<std::pair<std::string, std::string>>;
    std::string run(std::vector<std::string> words, const std::string& act) const;
    bool succeeds(std::vector<std::string> words) const;
    std::vector<std::string> environment() const;
    Settings settings() const;
    Settings settings_of_login() const;
    void follow_redirects();
    GitCommit look_up(const std::string& answer) const;
    GitCommit find_abbreviated();
    void hold_to_checksum(const GitCommit& commit) const;
    Repository fetch(const GitCommit& commit);

    GitUrl url_;
    GitLogin login_;
    GitAccess access_;
    std::string cache_folder_;
    const runtime::StopSource& stop_;
    std::string remote_name_;
    bool has_followed_ = false;
};

}  // namespace builder
