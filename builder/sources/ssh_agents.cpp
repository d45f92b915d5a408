#include "builder/sources/ssh_agents.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts;
    for (const std::string_view part : runtime::split(text, ','))
        if (!part.empty()) parts.emplace_back(part);
    return parts;
}

bool is_socket(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw runtime::SystemError("--ssh: cannot use {}", quoted(path));
    return S_ISSOCK(status.st_mode);
}

/// An agent that lives as long as a program it started, which ends when its standard input does: so that the keys are
/// gone even when this process is killed.
SshAgent start_agent(const std::vector<std::string>& keys) {
    SshAgent agent;
    agent.folder = std::make_shared<runtime::TempFolder>();
    agent.path = agent.folder->path("agent");
    std::vector<std::string> words = {
        "ssh-agent", "-a",
        agent.path,  "/bin/sh",
        "-c",        "SSH_ASKPASS_REQUIRE=never ssh-add -q -- \"$@\" </dev/null && echo ready && exec cat >/dev/null",
        "keys"};
    words.insert(words.end(), keys.begin(), keys.end());
    try {
        agent.program = std::make_shared<runtime::BackgroundProgram>(words);
        for (auto line = agent.program->read_line(); line != "ready"; line = agent.program->read_line())
            if (!line)
                throw Error("ssh-add takes none of the keys")
                    .with_hint("a key must be readable and have no passphrase");
    } catch (Error& error) {
        error.add_context("--ssh: cannot start an agent for {}", quoted(keys.front()));
        error.with_hint("ssh-agent and ssh-add come with the package openssh-client");
        throw;
    }
    return agent;
}

SshAgent of_environment() {
    const char* const path = std::getenv("SSH_AUTH_SOCK");
    if (path == nullptr || *path == '\0')
        throw Error("--ssh: there is no SSH agent: SSH_AUTH_SOCK is not set")
            .with_hint("start one, or name a socket or a key file: --ssh default=FILE");
    return {path};
}

SshAgent parse_agent(const std::string& places) {
    std::vector<std::string> fields = parts_of(places);
    const auto raw = std::find_if(fields.begin(), fields.end(),
                                  [](const auto& field) { return field == "raw" || field.starts_with("raw="); });
    bool is_raw = false;
    if (raw != fields.end()) {
        is_raw = *raw != "raw=false";
        fields.erase(raw);
    }
    if (fields.empty()) fields.push_back(of_environment().path);
    if (fields.size() == 1 && is_socket(fields.front())) return {fields.front(), is_raw};
    if (is_raw) throw Error("--ssh: raw=true needs a socket, and {} is none", quoted(fields.front()));
    for (const std::string& field : fields)
        if (is_socket(field)) throw Error("--ssh: {} is a socket, and can only stand alone", quoted(field));
    return start_agent(fields);
}

}  // namespace

SshAgents open_ssh_agents(const std::vector<std::string>& texts) {
    SshAgents agents;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::string id = text.substr(0, equals);
        if (id.empty()) throw Error("--ssh {} has no ID", quoted(text)).with_hint("it looks like default=SOCKET");
        agents.insert_or_assign(id,
                                equals == std::string::npos ? of_environment() : parse_agent(text.substr(equals + 1)));
    }
    return agents;
}

}  // namespace builder
