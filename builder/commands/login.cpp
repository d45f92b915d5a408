#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "registry/remote/login.hpp"
#include "registry/settings/auth_file.hpp"
#include "registry/settings/registries_conf.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct LoginOptions {
    RegistryFlags access;
    std::string compatible_file;
    std::string user;
    std::string password;
    bool password_from_input = false;
    bool gets_login = false;
    bool is_verbose = false;
};

/// What is typed does not show as long as this lives.
class HiddenInput {
public:
    HiddenInput() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~HiddenInput() {
        if (is_hidden_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    HiddenInput(const HiddenInput&) = delete;
    HiddenInput& operator=(const HiddenInput&) = delete;

private:
    termios before_{};
    bool is_hidden_ = false;
};

std::string ask(const std::string& question) {
    if (::isatty(STDIN_FILENO) == 0)
        throw Error("there is no terminal to ask for the {} on", question)
            .with_hint("give --username, and the password on standard input with --password-stdin");
    std::cerr << question << ": " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer;
}

std::string ask_password() {
    std::string answer;
    {
        const HiddenInput hidden;
        answer = ask("password");
    }
    std::cerr << "\n";
    return answer;
}

std::string read_password_from_input() {
    std::string password;
    std::getline(std::cin, password);
    if (password.ends_with('\r')) password.pop_back();
    if (password.empty()) throw Error("there is no password on standard input");
    return password;
}

/// The host, or the part of a repository's name that the login is for.
std::string key_of(const std::string& word) {
    std::string key = registry::normalized_auth_key(word);
    if (key.empty()) throw Error("{} names no registry", quoted(word));
    return key;
}

int login(Context& context, const Words& words, LoginOptions options) {
    if (!options.compatible_file.empty() && !options.access.auth_file.empty())
        throw Error(
            "options for paths to the credential file and to the Docker-compatible credential file can not be set "
            "simultaneously");
    if (words.empty()) throw Error("please specify a registry to login to").with_hint("Docker's own is docker.io");
    const std::string file = !options.compatible_file.empty() ? options.compatible_file : options.access.auth_file;
    // Here it may be missing: it is made.
    options.access.auth_file.clear();
    registry::AccessOptions access = access_options(context, options.access, {});
    access.auth_file = file;
    const registry::AuthFiles files(access.auth_file, access.notice,
                                    registry::RegistriesConf::read(access).credential_helpers());
    const std::string key = key_of(words.front());
    const std::string host = key.substr(0, key.find('/'));
    if (options.gets_login) {
        const auto known = files.find(key);
        if (!known) throw Error("not logged into {}", key);
        std::cout << known->user << "\n";
        return 0;
    }
    if (options.password_from_input && options.user.empty())
        throw Error("must provide --username with --password-stdin").with_hint("standard input is the password");
    if (options.password_from_input && !options.password.empty())
        throw Error("can't specify both --password-stdin and --password");
    registry::Credentials credentials{options.user, options.password, {}};
    if (options.password_from_input) credentials.password = read_password_from_input();
    if (credentials.user.empty()) credentials.user = ask("user name");
    if (credentials.password.empty()) credentials.password = ask_password();
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    // Somebody waits at the terminal: a server that says nothing is not asked again.
    access.retry.deadline = std::chrono::seconds(10);
    access.credentials_for = {host + "/any"};
    registry::Registries registries(access, stop);
    registry::check_login(registries, host, credentials);
    const std::string kept = files.store(key, credentials);
    if (options.is_verbose) std::cout << "Used: " << kept << "\n";
    std::cout << "Login Succeeded!\n";
    return 0;
}

}  // namespace

Command login_command() {
    auto options = std::make_shared<LoginOptions>();
    Command command;
    command.name = "login";
    command.uses_store = false;
    command.group = "Registries";
    command.summary = "log in to a registry";
    command.usage = "[flags] [REGISTRY]";
    command.flags = {
        flag("authfile", 0, "FILE", "path of the authentication file (default: $REGISTRY_AUTH_FILE)",
             options->access.auth_file),
        flag("compat-auth-file", 0, "FILE", "path of a Docker configuration file to write instead",
             options->compatible_file),
        flag("cert-dir", 0, "FOLDER", "directory with certificates for the registry: *.crt, *.cert and *.key",
             options->access.certificate_folder),
        flag("tls-verify", 0, "require HTTPS and verify certificates (default true)", options->access.tls_verify),
        flag("username", 'u', "NAME", "user name for the registry", options->user),
        flag("password", 'p', "PASSWORD", "password; other users may see it, use --password-stdin instead",
             options->password),
        flag("password-stdin", 0, "read the password from standard input", options->password_from_input),
        flag("get-login", 0, "print the current user name for the registry", options->gets_login),
        flag("verbose", 'v', "print where the credentials are stored", options->is_verbose)};
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return login(context, words, *options); };
    return command;
}

}  // namespace builder
