#include "builder/sources/git_source.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>

#include "layers/digest.hpp"
#include "registry/http/http_client.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/program.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr std::size_t output_limit_bytes = 64U << 20;

bool is_hex(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_commit_id(const std::string& text) {
    return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

/// The first line that names a cause, else the last line.
std::string cause_in(const std::string& said) {
    std::istringstream lines(said);
    std::string line;
    std::string last;
    while (std::getline(lines, line)) {
        if (line.starts_with("fatal: ")) return line.substr(7);
        if (!line.empty()) last = line;
    }
    return last;
}

/// One program at a time changes a repository. The file stays, so that all wait for the same one.
runtime::FileLock take_lock(const std::string& path, const runtime::StopSource& stop) {
    runtime::FileLock lock(path);
    lock.lock(runtime::FileLock::Kind::exclusive, stop);
    return lock;
}

/// What to do about a failure that git's own words tell.
std::string hint_for(const std::string& said) {
    for (const char* words : {"Authentication failed", "could not read Username", "could not read Password",
                              "Permission denied (publickey", "Host key verification failed", "403"})
        if (said.find(words) != std::string::npos)
            return "private repositories need --secret id=GIT_AUTH_TOKEN,… over HTTPS, or --ssh default with a host "
                   "that known_hosts knows";
    return "";
}

/// No tree of git holds the name .git: what has it is a repository, or the link of a submodule to its own.
void remove_git_folders(const std::string& path) {
    runtime::remove_tree(path + "/.git");
    if (::access((path + "/.gitmodules").c_str(), F_OK) != 0) return;
    runtime::visit_tree(runtime::open_path(path, O_RDONLY | O_DIRECTORY), [](const Fd& folder, const auto& entry) {
        if (entry.name == ".git" && ::unlinkat(folder.get(), ".git", 0) != 0)
            throw runtime::SystemError("cannot remove the .git of a submodule");
    });
}

void set_all_times(const std::string& path, std::int64_t seconds) {
    const std::array<timespec, 2> times{{{seconds, 0}, {seconds, 0}}};
    runtime::visit_tree(runtime::open_path(path, O_RDONLY | O_DIRECTORY), [&](const Fd& folder, const auto& entry) {
        if (::utimensat(folder.get(), entry.name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
            throw runtime::SystemError("cannot set the time of {}", quoted(entry.name));
    });
}

/// git's helpers speak in lines.
std::string decoded_line(const std::string& text) {
    std::string decoded = registry::percent_decoded(text);
    if (decoded.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos)
        throw Error("the user or the password of a git address has a line end or a NUL in it");
    return decoded;
}

GitLogin decoded(const GitLogin& login) {
    return {decoded_line(login.user), login.password ? std::optional(decoded_line(*login.password)) : std::nullopt};
}

/// Tells git the login of the address, which it has in its environment.
constexpr const char* login_helper =
    R"(!say() { printf 'username=%s\npassword=%s\n' "$BUILDER_GIT_USER" "$BUILDER_GIT_PASSWORD"; }; say)";

}  // namespace

/// The bare repository of a remote, held exclusively.
class GitSource::Repository {
public:
    Repository(std::string path, runtime::FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    runtime::FileLock lock_;
};

GitSource::GitSource(GitUrl url, GitAccess access, std::string cache_folder, const runtime::StopSource& stop)
    : url_(std::move(url)),
      login_(decoded(take_login(url_.remote))),
      access_(std::move(access)),
      cache_folder_(std::move(cache_folder)),
      stop_(stop),
      remote_name_(shown_remote(url_.remote)) {
    url_.remote = with_protocol(url_.remote);
}

/// git would take the secret along wherever the remote's first answer leads. So the way is found out before, by a
/// client that leaves it where it belongs; git then goes there and no further.
void GitSource::follow_redirects() {
    if (access_.authorization.empty() || std::exchange(has_followed_, true)) return;
    const std::string question = "/info/refs?service=git-upload-pack";
    registry::HttpRequest request{.url = registry::without_user(url_.remote) + question, .may_leave_tls = false};
    const std::string home = registry::Url::parse(request.url).origin();
    request.private_headers = {home, {{"Authorization", access_.authorization}}};
    if (const char* file = std::getenv("GIT_SSL_CAINFO")) request.tls.authority_files.emplace_back(file);
    if (std::getenv("GIT_SSL_NO_VERIFY") != nullptr)
        request.tls.unverified_host = registry::Url::parse(request.url).host();
    registry::HttpClient client(stop_);
    const registry::Url end = registry::Url::parse(client.send(request).url());
    if (end.text() == request.url) return;
    if (!end.text().ends_with(question))
        throw Error("{} leads to {}, which is no git repository", quoted(remote_name_),
                    registry::url_for_messages(end.text()));
    if (end.origin() != home) access_.authorization.clear();
    url_.remote = end.text().substr(0, end.text().size() - question.size());
}

/// The login belongs to the origin that the address names: what git asks of another server is another helper's.
GitSource::Settings GitSource::settings_of_login() const {
    if (login_.user.empty() && !login_.password) return {};
    const GitAddress address = address_of(url_.remote);
    const std::string section = "credential." + address.protocol + "://" + address.host + ".";
    Settings result;
    if (!login_.user.empty()) result.emplace_back(section + "username", login_.user);
    // The empty one takes away those of the user's configuration, as git does for an address with a password.
    if (login_.password) result.insert(result.end(), {{section + "helper", ""}, {section + "helper", login_helper}});
    return result;
}

GitSource::Settings GitSource::settings() const {
    Settings result = {{"core.hooksPath", "/dev/null"},
                       {"core.fsmonitor", "false"},
                       {"core.logAllRefUpdates", "false"},
                       {"gc.auto", "0"},
                       {"advice.detachedHead", "false"},
                       {"safe.directory", "*"},
                       {"pack.threads", "1"}};
    const GitAddress address = address_of(url_.remote);
    if (!access_.authorization.empty() && address.protocol.starts_with("http")) {
        const std::string section = "http." + address.protocol + "://" + address.host + "/.";
        result.emplace_back(section + "extraHeader", "Authorization: " + access_.authorization);
        result.emplace_back(section + "followRedirects", "false");
    }
    const Settings login = settings_of_login();
    result.insert(result.end(), login.begin(), login.end());
    return result;
}

/// Nothing of this user's is in it unless allowed, no question is asked, and only protocols that go over a network are
/// taken: a submodule must not name a folder of this machine. Credentials go by the environment, which others cannot
/// read as they can the arguments.
std::vector<std::string> GitSource::environment() const {
    std::vector<std::string> result = {"GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_ALLOW_PROTOCOL=https:http:git:ssh"};
    const auto pass = [&result](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (const char* value = std::getenv(name)) result.push_back(std::string(name) + "=" + value);
    };
    pass({"PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY",
          "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY"});
    if (access_.as_user) {
        pass({"HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "USER"});
    } else {
        result.insert(result.end(), {"HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"});
        result.emplace_back("GIT_SSH_COMMAND=ssh -F /dev/null -o BatchMode=yes -o IdentityFile=/dev/null");
    }
    if (!access_.ssh_agent.empty()) {
        std::erase_if(result, [](const std::string& entry) { return entry.starts_with("SSH_AUTH_SOCK="); });
        result.push_back("SSH_AUTH_SOCK=" + access_.ssh_agent);
    }
    if (login_.password) {
        result.push_back("BUILDER_GIT_USER=" + login_.user);
        result.push_back("BUILDER_GIT_PASSWORD=" + *login_.password);
    }
    const Settings set = settings();
    result.push_back("GIT_CONFIG_COUNT=" + std::to_string(set.size()));
    for (std::size_t i = 0; i < set.size(); ++i) {
        result.push_back(fmt::format("GIT_CONFIG_KEY_{}={}", i, set[i].first));
        result.push_back(fmt::format("GIT_CONFIG_VALUE_{}={}", i, set[i].second));
    }
    return result;
}

std::string GitSource::run(std::vector<std::string> words, const std::string& act) const {
    words.insert(words.begin(), "git");
    runtime::ProgramRequest request{std::move(words), environment()};
    request.output_limit_bytes = output_limit_bytes;
    runtime::ProgramResult result;
    try {
        result = runtime::run_program(request, &stop_);
    } catch (Error& error) {
        error.add_context("cannot {}", act);
        throw;
    }
    if (result.exit_code == 0) return std::move(result.output);
    Error error("cannot {}: git says: {}", act, cause_in(result.complaints));
    error.with_hint(hint_for(result.complaints));
    throw error;
}

bool GitSource::succeeds(std::vector<std::string> words) const {
    words.insert(words.begin(), "git");
    return runtime::run_program({std::move(words), environment()}, &stop_).exit_code == 0;
}

/// Of the lines "ID<tab>REF" that answer a short name, a branch comes before a tag, as for git checkout.
GitCommit GitSource::look_up(const std::string& answer) const {
    std::map<std::string, std::string> ids;
    std::istringstream lines(answer);
    std::string id;
    std::string ref;
    while (lines >> id >> ref) ids.emplace(ref, id);
    const std::string wanted = url_.ref.empty() ? "HEAD" : url_.ref;
    for (const std::string& name : {wanted, "refs/heads/" + wanted, "refs/tags/" + wanted, "refs/" + wanted}) {
        const auto found = ids.find(name);
        if (found == ids.end() || !is_commit_id(found->second)) continue;
        const auto commit = ids.find(name + "^{}");
        if (commit == ids.end()) return {found->second, name, ""};
        return {commit->second, name, found->second};
    }
    return {};
}

/// The start of a commit ID can only be looked up in a repository that has all commits.
GitCommit GitSource::find_abbreviated() {
    if (url_.ref.size() < 7 || !is_hex(url_.ref)) return {};
    const Repository repository = fetch({});
    const std::string all = "--git-dir=" + repository.path();
    if (!succeeds({all, "rev-parse", "--quiet", "--verify", url_.ref + "^{commit}"})) return {};
    std::string id = run({all, "rev-parse", "--verify", url_.ref + "^{commit}"}, "look up " + quoted(url_.ref));
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return {id, "", ""};
}

void GitSource::hold_to_checksum(const GitCommit& commit) const {
    if (url_.checksum.empty()) return;
    const std::string wanted = runtime::in_lower_case(url_.checksum);
    constexpr std::size_t shortest = 7;
    if (wanted.size() < shortest || wanted.size() > 64 || !is_hex(wanted))
        throw Error("the checksum {} is no commit of git", quoted(url_.checksum))
            .with_hint("it is a commit ID, or at least the first 7 digits of one");
    if (commit.id.starts_with(wanted) || commit.tag_id.starts_with(wanted)) return;
    throw Error("{} in {} is the commit {}, not {}", quoted(url_.ref.empty() ? "HEAD" : url_.ref), quoted(remote_name_),
                commit.id, url_.checksum)
        .with_hint("correct the checksum when the new commit is what you want");
}

GitCommit GitSource::resolve() {
    GitCommit commit;
    if (is_commit_id(url_.ref)) {
        commit.id = url_.ref;
    } else {
        const std::string wanted = url_.ref.empty() ? "HEAD" : url_.ref;
        follow_redirects();
        const std::string answer =
            run({"ls-remote", "--", url_.remote, wanted, wanted + "^{}"}, "ask " + quoted(remote_name_));
        commit = look_up(answer);
        if (commit.id.empty()) commit = find_abbreviated();
        if (commit.id.empty())
            throw Error("there is no {} in {}", quoted(wanted), quoted(remote_name_))
                .with_hint("a branch, a tag or a commit can follow the #");
    }
    hold_to_checksum(commit);
    return commit;
}

/// By the name, which every server serves; by the ID, where the name has moved on; else everything. Without an ID
/// everything is fetched.
GitSource::Repository GitSource::fetch(const GitCommit& commit) {
    runtime::make_folders(cache_folder_, 0700);
    const bool is_sha256 = commit.id.size() == 64;
    const std::string path = cache_folder_ + "/" + std::string(layers::Digest::of(url_.remote).hex().substr(0, 32)) +
                             (is_sha256 ? ".sha256" : "");
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw runtime::SystemError("cannot make the folder {}", quoted(path));
    runtime::FileLock lock = take_lock(path + ".lock", stop_);
    const std::string directory = "--git-dir=" + path;
    const std::string act = "fetch " + quoted(remote_name_);
    if (::access((path + "/HEAD").c_str(), F_OK) != 0)
        run({"init", "--quiet", "--bare", "--template=", is_sha256 ? "--object-format=sha256" : "--object-format=sha1",
             path},
            act);
    const auto is_there = [&] {
        return !commit.id.empty() && succeeds({directory, "cat-file", "-e", commit.id + "^{commit}"}) &&
               (commit.tag_id.empty() || succeeds({directory, "cat-file", "-e", commit.tag_id}));
    };
    const auto fetched = [&](const std::string& what) {
        std::vector<std::string> words = {directory,   "fetch",     "--quiet", "--force",
                                          "--no-tags", "--depth=1", "--",      url_.remote};
        words.push_back("+" + what + ":refs/builder/" + commit.id);
        return succeeds(words) && is_there();
    };
    const bool by_name = !commit.ref.empty() && !url_.fetch_by_commit;
    if (is_there()) return {path, std::move(lock)};
    follow_redirects();
    if ((by_name && fetched(commit.ref)) || (!commit.id.empty() && fetched(commit.id))) return {path, std::move(lock)};
    std::vector<std::string> whole = {directory, "fetch", "--quiet", "--force", "--no-tags"};
    if (run({directory, "rev-parse", "--is-shallow-repository"}, act).starts_with("true"))
        whole.emplace_back("--unshallow");
    whole.insert(whole.end(), {"--", url_.remote, "+HEAD:refs/builder/HEAD", "+refs/heads/*:refs/builder/heads/*",
                               "+refs/tags/*:refs/builder/tags/*"});
    run(whole, act);
    if (!commit.id.empty() && !is_there()) throw Error("there is no commit {} in {}", commit.id, quoted(remote_name_));
    return {path, std::move(lock)};
}

std::int64_t GitSource::commit_time(const GitCommit& commit) {
    const Repository repository = fetch(commit);
    const std::string text = run({"--git-dir=" + repository.path(), "show", "--no-patch", "--format=%ct", commit.id},
                                 "read the time of " + commit.id);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc()) throw Error("the commit {} of {} has no time", commit.id, quoted(remote_name_));
    return seconds;
}

void GitSource::check_out(const GitCommit& commit, const std::string& folder, const GitCheckout& options) {
    const std::string act = "check out " + quoted(remote_name_);
    const auto git = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"-C", folder});
        return run(std::move(words), act);
    };
    {
        const Repository repository = fetch(commit);
        run({"init", "--quiet", "--template=", "--initial-branch=main",
             commit.id.size() == 64 ? "--object-format=sha256" : "--object-format=sha1", folder},
            act);
        // From one folder of this machine to another, which environment() does not let git do by default.
        std::vector<std::string> refs = {commit.id};
        if (commit.ref.starts_with("refs/tags/")) {
            const std::string id = commit.tag_id.empty() ? commit.id : commit.tag_id;
            run({"--git-dir=" + repository.path(), "update-ref", "refs/builder/named", id}, act);
            refs.push_back("+refs/builder/named:" + commit.ref);
        }
        std::vector<std::string> words = {
            "git", "-C", folder, "fetch", "--quiet", "--depth=1", "--no-tags", "--", "file://" + repository.path()};
        words.insert(words.end(), refs.begin(), refs.end());
        std::vector<std::string> variables = environment();
        std::erase_if(variables, [](const auto& entry) { return entry.starts_with("GIT_ALLOW_PROTOCOL="); });
        run({"--git-dir=" + repository.path(), "config", "uploadpack.allowAnySHA1InWant", "true"}, act);
        const auto result = runtime::run_program({std::move(words), std::move(variables)}, &stop_);
        if (result.exit_code != 0) throw Error("cannot {}: git says: {}", act, cause_in(result.complaints));
    }
    git({"remote", "add", "origin", remote_name_});
    git({"checkout", "--quiet", "--detach", commit.id});
    if (options.with_submodules && ::access((folder + "/.gitmodules").c_str(), F_OK) == 0)
        git({"submodule", "update", "--quiet", "--init", "--recursive", "--depth=1"});
    if (options.keeps_git_folder) {
        // Without what says only when and where it was fetched, so that the same commit gives the same layer.
        for (const char* name : {"/.git/FETCH_HEAD", "/.git/index"}) ::unlink((folder + name).c_str());
        git({"read-tree", "HEAD"});
    } else {
        remove_git_folders(folder);
    }
    if (options.has_commit_times) set_all_times(folder, commit_time(commit));
}

}  // namespace builder
