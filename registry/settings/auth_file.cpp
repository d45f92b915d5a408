#include "registry/settings/auth_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "registry/settings/credential_helper.hpp"
#include "registry/settings/user_places.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using nlohmann::json;
using runtime::Error;
using runtime::quoted;

constexpr std::size_t file_limit_bytes = 4U << 20;
constexpr mode_t private_mode = 0600;

/// One file, read. Docker's oldest form is the table of `auths` alone.
class AuthFile {
public:
    AuthFile(std::string path, const std::string& text) : path_(std::move(path)) {
        try {
            value_ = runtime::parse_json(text, "it");
            if (!value_.is_object()) throw Error("it is no JSON object");
            if (path_.ends_with("/.dockercfg")) value_ = json{{"auths", value_}};
            check_table("auths");
            check_table("credHelpers");
        } catch (Error& error) {
            error.add_context("cannot use the auth file {}", quoted(path_)).with_hint("mend it, or log in again");
            throw;
        }
    }

    static std::optional<AuthFile> read_if_exists(const std::string& path) {
        const auto text = runtime::read_file_if_exists(path, file_limit_bytes);
        if (!text) return std::nullopt;
        return AuthFile(path, text->empty() ? "{}" : *text);
    }

    std::string helper_for(const std::string& host) const {
        const auto helpers = value_.find("credHelpers");
        if (helpers == value_.end()) return "";
        for (const auto& [key, helper] : helpers->items())
            if (normalized_auth_key(key) == host && helper.is_string()) return helper.get<std::string>();
        return "";
    }
    std::string store_helper() const {
        const auto helper = value_.find("credsStore");
        return helper != value_.end() && helper->is_string() ? helper->get<std::string>() : "";
    }

    /// The entry of exactly this key, where it holds anything.
    std::optional<Credentials> entry(const std::string& wanted) const {
        const auto auths = value_.find("auths");
        if (auths == value_.end()) return std::nullopt;
        for (const auto& [key, entry] : auths->items()) {
            if (normalized_auth_key(key) != wanted || !entry.is_object()) continue;
            Credentials credentials = read_entry(key, entry);
            if (!credentials.empty()) return credentials;
        }
        return std::nullopt;
    }

    json& value() noexcept { return value_; }

private:
    void check_table(const char* name) const {
        const auto table = value_.find(name);
        if (table != value_.end() && !table->is_object()) throw Error("its field {} is no object", name);
    }

    Credentials read_entry(const std::string& key, const json& entry) const {
        const runtime::JsonFields fields(entry, "the entry " + quoted(key));
        Credentials credentials{fields.text_or_empty("username"), fields.text_or_empty("password"),
                                fields.text_or_empty("identitytoken")};
        const std::string encoded = fields.text_or_empty("auth");
        if (encoded.empty()) return credentials;
        const auto decoded = runtime::decode_base64(encoded);
        const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
        if (colon == std::string::npos)
            throw Error("cannot use the auth file {}: the entry {} is not in base64, or has no colon", quoted(path_),
                        quoted(key))
                .with_hint("mend it, or log in again");
        credentials.user = decoded->substr(0, colon);
        credentials.password = decoded->substr(colon + 1);
        // Some tools fill fields up with zeros.
        credentials.password.erase(std::min(credentials.password.find('\0'), credentials.password.size()));
        return credentials;
    }

    std::string path_;
    json value_;
};

/// "a/b/c", "a/b", "a".
std::vector<std::string> prefixes(const std::string& repository) {
    std::vector<std::string> result{repository};
    for (std::size_t slash = repository.rfind('/'); slash != std::string::npos;
         slash = slash == 0 ? std::string::npos : repository.rfind('/', slash - 1))
        result.push_back(repository.substr(0, slash));
    return result;
}

/// Passwords that every user of the machine can read are none. The file is its owner's: builder says so and takes it.
void warn_of_readers(const std::string& path, const Notice& notice) {
    struct stat status {};
    if (!notice || ::stat(path.c_str(), &status) != 0 || (status.st_mode & 0004) == 0) return;
    notice(fmt::format("every user of this machine can read the passwords in {}; chmod 600 {} mends that", quoted(path),
                       path));
}

void write(const std::string& path, json& value) {
    const std::string folder = path.substr(0, path.rfind('/'));
    if (!folder.empty() && folder != path) runtime::make_folders(folder, 0700);
    runtime::replace_file(path, value.dump(2) + "\n", private_mode);
}

}  // namespace

std::string normalized_auth_key(std::string_view key) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
    while (key.ends_with('/')) key.remove_suffix(1);
    for (const std::string_view version : {"/v1", "/v2"})
        if (key.ends_with(version)) key.remove_suffix(version.size());
    const std::string_view host = key.substr(0, key.find('/'));
    if (host == "index.docker.io" || host == "registry-1.docker.io")
        return "docker.io" + std::string(key.substr(host.size()));
    return std::string(key);
}

AuthFiles::AuthFiles(const std::string& file, Notice notice, std::vector<std::string> helpers)
    : notice_(std::move(notice)) {
    const std::string named = file.empty() ? environment_variable("REGISTRY_AUTH_FILE") : file;
    if (!named.empty()) {
        files_ = {named};
        own_file_ = named;
        is_named_by_environment_ = file.empty();
        return;
    }
    helpers_ = std::move(helpers);
    // The name stands for the files.
    std::erase(helpers_, "containers-auth.json");
    own_file_ = user_runtime_file("auth.json");
    const std::string docker = environment_variable("DOCKER_CONFIG");
    files_ = {own_file_, user_config_folder() + "/containers/auth.json",
              (docker.empty() ? home_folder() + "/.docker" : docker) + "/config.json", home_folder() + "/.dockercfg"};
}

std::optional<Credentials> AuthFiles::find(const std::string& repository) const {
    const std::string wanted = normalized_auth_key(repository);
    const std::string host = wanted.substr(0, wanted.find('/'));
    if (is_named_by_environment_ && ::access(own_file_.c_str(), F_OK) != 0)
        throw runtime::SystemError("credential file is not accessible: faccessat {}", own_file_);
    for (const std::string& helper : helpers_)
        if (auto credentials = ask_helper(helper, host)) return credentials;
    for (const std::string& path : files_) {
        const auto file = AuthFile::read_if_exists(path);
        if (!file) continue;
        if (const std::string helper = file->helper_for(host); !helper.empty()) {
            if (auto credentials = ask_helper(helper, host)) return credentials;
            continue;
        }
        for (const std::string& key : prefixes(wanted)) {
            if (auto credentials = file->entry(key)) {
                warn_of_readers(path, notice_);
                return credentials;
            }
        }
        if (const std::string helper = file->store_helper(); !helper.empty())
            if (auto credentials = ask_helper(helper, host)) return credentials;
    }
    return std::nullopt;
}

std::string AuthFiles::store(const std::string& key, const Credentials& credentials) const {
    auto file = AuthFile::read_if_exists(own_file_).value_or(AuthFile(own_file_, "{}"));
    const std::string host = key.substr(0, key.find('/'));
    std::string helper = helpers_.empty() ? file.helper_for(host) : helpers_.front();
    if (helper.empty()) helper = file.store_helper();
    if (!helper.empty()) {
        store_in_helper(helper, key, credentials);
        return "the credential helper " + helper;
    }
    json entry{{"auth", runtime::encode_base64(credentials.user + ":" + credentials.password)}};
    file.value()["auths"][key] = std::move(entry);
    write(own_file_, file.value());
    return own_file_;
}

bool AuthFiles::remove(const std::string& key) const {
    bool removed = false;
    for (const std::string& helper : helpers_) removed |= erase_in_helper(helper, key);
    auto file = AuthFile::read_if_exists(own_file_);
    if (!file) return removed;
    const std::string host = key.substr(0, key.find('/'));
    std::string helper = file->helper_for(host);
    if (helper.empty()) helper = file->store_helper();
    removed |= !helper.empty() && erase_in_helper(helper, key);
    json& auths = file->value()["auths"];
    std::vector<std::string> doomed;
    if (auths.is_object())
        for (const auto& [name, entry] : auths.items())
            if (normalized_auth_key(name) == normalized_auth_key(key)) doomed.push_back(name);
    for (const std::string& name : doomed) auths.erase(name);
    if (!doomed.empty()) write(own_file_, file->value());
    return removed || !doomed.empty();
}

void AuthFiles::remove_all() const {
    auto file = AuthFile::read_if_exists(own_file_);
    if (!file) return;
    const json helpers = file->value().value("credHelpers", json::object());
    for (const auto& [key, helper] : helpers.items())
        if (helper.is_string()) erase_in_helper(helper.get<std::string>(), key);
    if (const std::string helper = file->store_helper(); !helper.empty())
        for (const std::string& key : list_helper(helper)) erase_in_helper(helper, key);
    file->value()["auths"] = json::object();
    write(own_file_, file->value());
}

}  // namespace registry
