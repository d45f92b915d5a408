#include "registry/settings/credential_helper.hpp"

#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/program.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr const char* not_found = "credentials not found";
constexpr const char* token_user = "<token>";  ///< the user name that marks an identity token

std::string program_of(const std::string& helper) {
    if (helper.empty() || helper.find('/') != std::string::npos)
        throw Error("{} is not the name of a credential helper", quoted(helper));
    return "docker-credential-" + helper;
}

/// Docker's own registry is known to helpers under the address that Docker has always used for it.
std::string server_name(const std::string& host) {
    return host == "docker.io" ? "https://index.docker.io/v1/" : host;
}

runtime::ProgramResult call(const std::string& helper, const std::string& verb, const std::string& input) {
    return runtime::run_program({.words = {program_of(helper), verb}, .input = input});
}

[[noreturn]] void fail(const std::string& helper, const std::string& verb, const runtime::ProgramResult& result) {
    std::string said = result.output.empty() ? result.complaints : result.output;
    said.erase(said.find_last_not_of(" \r\n") + 1);
    throw Error("the credential helper {} failed to {} credentials (exit code {}): {}", quoted(program_of(helper)),
                verb, result.exit_code, quoted(said));
}

}  // namespace

std::optional<Credentials> ask_helper(const std::string& helper, const std::string& server) {
    const runtime::ProgramResult result = call(helper, "get", server_name(server));
    if (result.exit_code != 0) {
        if (result.output.find(not_found) != std::string::npos ||
            result.complaints.find(not_found) != std::string::npos)
            return std::nullopt;
        fail(helper, "get", result);
    }
    const auto value = runtime::parse_json(result.output, "the answer of " + program_of(helper));
    const runtime::JsonFields fields(value, "the answer of " + program_of(helper));
    Credentials credentials{fields.text_or_empty("Username"), fields.text_or_empty("Secret"), {}};
    if (credentials.user == token_user) credentials = {{}, {}, credentials.password};
    if (credentials.empty()) return std::nullopt;
    return credentials;
}

void store_in_helper(const std::string& helper, const std::string& server, const Credentials& credentials) {
    const nlohmann::json value{
        {"ServerURL", server_name(server)}, {"Username", credentials.user}, {"Secret", credentials.password}};
    const auto result = call(helper, "store", runtime::write_json(value));
    if (result.exit_code != 0) fail(helper, "store", result);
}

bool erase_in_helper(const std::string& helper, const std::string& server) {
    const auto result = call(helper, "erase", server_name(server));
    if (result.exit_code == 0) return true;
    if (result.output.find(not_found) != std::string::npos || result.complaints.find(not_found) != std::string::npos)
        return false;
    fail(helper, "erase", result);
}

std::vector<std::string> list_helper(const std::string& helper) {
    const auto result = call(helper, "list", "");
    if (result.exit_code != 0) fail(helper, "list", result);
    const auto value = runtime::parse_json(result.output, "the answer of " + program_of(helper));
    std::vector<std::string> servers;
    if (value.is_object())
        for (const auto& [server, user] : value.items()) servers.push_back(server);
    return servers;
}

}  // namespace registry
