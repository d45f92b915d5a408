#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_mount.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/umask.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::SystemError;

/// The command, with the descriptors and signals of this process, till its end.
int run_to_the_end(const Words& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw SystemError("cannot start a process");
    if (child == 0) {
        runtime::restore_umask();
        ::execvp(arguments.front(), arguments.data());
        const int number = errno;
        std::perror(words.front().c_str());
        ::_exit(number == ENOENT ? 127 : 126);
    }
    // Ctrl-C is for the command; this process waits for what it makes of it.
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGQUIT, SIG_IGN);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct MountWish {
    std::string variable;
    std::string container;
};

MountWish parse_wish(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return {text, text};
    if (equals == 0 || equals + 1 == text.size())
        throw Error("--mount takes [VARIABLE=]CONTAINER, not {}", runtime::quoted(text));
    return {text.substr(0, equals), text.substr(equals + 1)};
}

int unshare(Context& context, const Words& given, const std::vector<std::string>& mounts) {
    const layers::StoreLocation location = context.store_location();
    const uid_t user = runtime::invoking_user();
    const gid_t group = ::getegid();
    const runtime::HostRights& rights = runtime::acquire_rights();
    if (rights.level == runtime::Privileges::none) throw Error("{}", rights.reason).with_hint(rights.hint);
    if (::unshare(CLONE_NEWNS) != 0) throw SystemError("cannot make a mount namespace");
    if (rights.level == runtime::Privileges::single_user)
        std::cerr << "builder: only root is mapped: " << rights.reason << "\n";
    runtime::make_all_mounts_private();
    // Inside, everything that this program does is about the same store.
    ::setenv("BUILDER_ROOT", location.root.c_str(), 1);
    ::setenv("BUILDER_RUNROOT", location.runroot.c_str(), 1);
    if (user != 0) {
        // As other tools of this kind say it.
        ::setenv("_CONTAINERS_USERNS_CONFIGURED", "done", 1);
        ::setenv("_CONTAINERS_ROOTLESS_UID", std::to_string(user).c_str(), 1);
        ::setenv("_CONTAINERS_ROOTLESS_GID", std::to_string(group).c_str(), 1);
    }
    for (const std::string& text : mounts) {
        const MountWish wish = parse_wish(text);
        WorkingContainer container(context.store(), wish.container);
        ::setenv(wish.variable.c_str(), mount_container(container).c_str(), 1);
    }
    Words words = given;
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    const char* const shell = std::getenv("SHELL");
    if (words.empty()) words = {shell == nullptr ? "/bin/sh" : shell};
    const int code = run_to_the_end(words);
    // Mounts end with the namespace; copies, which stand for them where nothing can be stacked, do not.
    for (const std::string& text : mounts)
        if (context.store().driver() == overlay::Driver::copies)
            unmount_container(context.store(), require_container(context.store(), parse_wish(text).container), false);
    return code;
}

}  // namespace

Command unshare_command() {
    auto mounts = std::make_shared<std::vector<std::string>>();
    Command command;
    command.name = "unshare";
    command.uses_store = false;
    command.group = "Containers";
    command.summary = "run a command (default: a shell) in a modified user namespace";
    command.usage = "[flags] [--] [COMMAND [ARGUMENT…]]";
    command.flags = {
        flag("mount", 'm', "[VARIABLE=]CONTAINER", "mount a container and set a variable to its mount point", *mounts)};
    command.most_words = 100'000;
    command.stops_at_first_word = true;
    command.run = [mounts](Context& context, const Words& words) { return unshare(context, words, *mounts); };
    return command;
}

}  // namespace builder
