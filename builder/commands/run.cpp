#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/container_flags.hpp"
#include "builder/cli/flags/image_flags.hpp"
#include "builder/cli/flags/isolation_flags.hpp"
#include "builder/cli/warning_line.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/containers/container_run.hpp"
#include "builder/containers/default_mounts.hpp"
#include "builder/engine/run/steps_cgroup.hpp"
#include "builder/steps/volume_request.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct RunOptions {
    ContainerFlags kept;  ///< those of the container
    ContainerRun run;
    NamespaceWishes namespaces;
    ImageFlags image;  ///< of mounts out of images
    std::vector<std::string> added_capabilities;
    std::vector<std::string> dropped_capabilities;
    std::vector<std::string> devices;
    std::vector<std::string> cdi_folders;
    std::string hostname;
    IsolationFlags isolation;
    std::string valid_exit_codes;
    std::optional<bool> no_hosts;
    bool no_hostname = false;
    bool add_history = false;
    bool is_interactive = false;
    bool removes = false;
};

std::vector<Flag> flags_of_run(RunOptions& options) {
    std::vector<Flag> flags = {
        flag("add-history", 0, "add the command to the image's history", options.add_history),
        flag("cap-add", 0, "NAME", "add a capability", options.added_capabilities),
        flag("cap-drop", 0, "NAME", "drop a capability", options.dropped_capabilities),
        flag("cgroupns", 0, "MODE", "cgroup namespace: private or host", options.namespaces.cgroup),
        flag("contextdir", 0, "FOLDER", "context directory for --mount type=bind", options.run.context_folder),
        flag("device", 0, "HOST[:CONTAINER[:rwm]]", "add a host device", options.devices),
        flag("env", 'e', "NAME=VALUE", "set a variable for this command", options.run.environment),
        flag("hostname", 0, "NAME", "the host name", options.hostname),
        flag("interactive", 'i', "accepted for compatibility; standard input is always the command's",
             options.is_interactive),
        flag("ipc", 0, "MODE", "IPC namespace: private, host, container:NAME or a path", options.namespaces.ipc),
        flag("mount", 0, "SPEC", "mount: type=bind, cache, tmpfs or secret", options.run.mounts),
        flag("network", 0, "MODE", "network namespace: host, none, container:NAME or a path",
             options.namespaces.network),
        flag("no-hostname", 0, "do not create /etc/hostname; use the image's", options.no_hostname),
        flag("no-hosts", 0, "do not create /etc/hosts; use the image's", options.no_hosts),
        flag("no-pivot", 0, "tell the OCI runtime not to use pivot_root", options.isolation.no_pivot),
        flag("pid", 0, "MODE", "PID namespace: private, host, container:NAME or a path", options.namespaces.pid),
        flag("rm", 0, "remove the working container when the command has ended", options.removes),
        flag("terminal", 't', "allocate a terminal", options.run.terminal),
        flag("user", 0, "USER[:GROUP]", "user to run the command as", options.run.user),
        flag("uts", 0, "MODE", "UTS namespace: private, host, container:NAME or a path", options.namespaces.uts),
        flag("valid-exit-codes", 0, "CODES", "exit codes that count as success: 0,1,5", options.valid_exit_codes),
        flag("volume", 'v', "HOST:CONTAINER[:OPTIONS]", "bind mount a host path; options: ro, O, U",
             options.run.volumes),
        flag("workingdir", 0, "FOLDER", "working directory of the command", options.run.working_directory),
        flag("cdi-config-dir", 0, "FOLDER", "directory with CDI specifications", options.cdi_folders),
    };
    for (Flag& one : isolation_flags(options.isolation)) flags.push_back(std::move(one));
    for (Flag& one : flags) {
        if (one.name == "network") one.aliases = {"net"};
        if (one.name == "terminal") one.aliases = {"tty"};
    }
    return flags;
}

/// All variables of this program whose names begin so.
void add_variables(const std::string& prefix, std::vector<std::string>& filled) {
    for (char** one = ::environ; *one != nullptr; ++one)
        if (std::string_view(*one).starts_with(prefix)) filled.emplace_back(*one);
}

/// A name alone takes its value from the environment, as elsewhere; NAME* means all that begin so.
void fill_environment(std::vector<std::string>& environment) {
    std::vector<std::string> filled;
    for (const std::string& text : environment) {
        if (text.find('=') != std::string::npos)
            filled.push_back(text);
        else if (text.ends_with("*"))
            add_variables(text.substr(0, text.size() - 1), filled);
        else if (const char* const value = std::getenv(text.c_str()))
            filled.push_back(text + "=" + value);
    }
    environment = std::move(filled);
}

void take_if_given(std::string& target, const std::string& value) {
    if (!value.empty()) target = value;
}

void add_all(std::vector<std::string>& target, const std::vector<std::string>& values) {
    target.insert(target.end(), values.begin(), values.end());
}

void prefer_own(RunOptions& options) {
    NamespaceWishes& kept = options.kept.namespaces;
    take_if_given(kept.pid, options.namespaces.pid);
    take_if_given(kept.ipc, options.namespaces.ipc);
    take_if_given(kept.uts, options.namespaces.uts);
    take_if_given(kept.cgroup, options.namespaces.cgroup);
    take_if_given(kept.network, options.namespaces.network);
    RunFlags& flags = options.kept.run;
    take_if_given(flags.isolation.kind, options.isolation.kind);
    take_if_given(flags.isolation.runtime, options.isolation.runtime);
    take_if_given(flags.isolation.cgroup_parent, options.isolation.cgroup_parent);
    flags.isolation.no_pivot = options.isolation.no_pivot;
    add_all(flags.isolation.runtime_flags, options.isolation.runtime_flags);
    add_all(flags.isolation.hook_folders, options.isolation.hook_folders);
    add_all(flags.isolation.added_groups, options.isolation.added_groups);
    add_all(flags.isolation.time_offsets, options.isolation.time_offsets);
    add_all(flags.devices, options.devices);
    add_all(flags.cdi_folders, options.cdi_folders);
}

/// The words behind the container's name. A "--" before or behind it says nothing.
std::vector<std::string> command_of(const Words& words) {
    std::size_t first = 1;
    if (words.size() > first && words[first] == "--") ++first;
    std::vector<std::string> command(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
    if (command.empty())
        throw Error("command must be specified")
            .with_hint("usage: builder run [flags] CONTAINER [--] COMMAND [ARGUMENT…]");
    return command;
}

/// What a container was to have may be gone meanwhile.
void take_away_missing(std::vector<std::string>& volumes) {
    std::erase_if(volumes, [](const std::string& text) {
        const std::string source = parse_volume(text).source;
        if (::access(source.c_str(), F_OK) == 0) return false;
        std::cerr << warning_line(fmt::format("couldn't find \"{}\" on host to bind mount into container", source));
        return true;
    });
}

runtime::CapabilitySet capability_of_run(const std::string& name) {
    try {
        return runtime::capability(name);
    } catch (Error& error) {
        error.add_context("capability {}", quoted(name));
        throw;
    }
}

/// --isolation chroot has the network of the machine. Where the environment says chroot, for all commands, a network is
/// had that one command asks for.
void refuse_network_of_chroot(const RunOptions& options) {
    const std::string& network = options.namespaces.network;
    const bool is_of_environment =
        std::getenv("BUILDER_ISOLATION") != nullptr || std::getenv("BUILDAH_ISOLATION") != nullptr;
    if (!is_of_environment && options.isolation.kind == "chroot" && !network.empty() && network != "host")
        throw Error("cannot set --network other than host with --isolation chroot");
}

ContainerRun make_run(Context& context, const WorkingContainer& container, RunOptions& options) {
    const std::vector<Flag> kept = container_flags(options.kept);
    replay(kept, container.state().settings);
    options.kept.run.usual_capabilities = kept_capabilities(container.state().settings);
    prefer_own(options);
    options.kept.run.container_id = container.record().id;
    complete(options.kept.run.user_namespace, context);
    ContainerRun run = options.run;
    fill_environment(run.environment);
    std::vector<std::string> notices;
    std::vector<std::string> own_environment = std::exchange(run.environment, {});
    apply_container_flags(options.kept, run, notices);
    run.environment.insert(run.environment.end(), own_environment.begin(), own_environment.end());
    RunSettings& settings = run.settings;
    for (const std::string& name : options.added_capabilities)
        if (!name.empty()) settings.capabilities |= capability_of_run(name);
    for (const std::string& name : options.dropped_capabilities)
        if (!name.empty()) settings.capabilities &= ~capability_of_run(name);
    take_away_missing(run.kept_volumes);
    const std::string& configured = container.state().config.config.hostname;
    settings.hostname = !options.hostname.empty() ? options.hostname
                        : !configured.empty()     ? configured
                                                  : container.record().id.substr(0, 12);
    if (options.no_hosts) settings.makes_hosts_file = *options.no_hosts == false;
    settings.makes_hostname_file = !options.no_hostname;
    for (const std::string& notice : notices) std::cerr << notice << "\n";
    return run;
}

int exit_code_of(const RunResult& result, const RunOptions& options) {
    const runtime::ContainerResult& container = result.container;
    if (!container.started) {
        Error error("cannot start the container: {}: {}", container.failed_step, container.failure);
        if (container.exit_code == 126 || container.exit_code == 127)
            error = Error("while running runtime: exit status 1\n{}", container.failure);
        error.with_hint(container.hint).with_exit_code(1);
        throw error;
    }
    if (result.hit_memory_limit)
        std::cerr << "the kernel ended a process because it needed more memory than --memory allows\n";
    for (const std::string_view text : runtime::split(options.valid_exit_codes, ',')) {
        int code = -1;
        std::from_chars(text.data(), text.data() + text.size(), code);
        if (code == container.exit_code) return 0;
    }
    if (container.exit_code != 0)
        std::cerr << "Error: while running runtime: exit status " << container.exit_code << "\n";
    return container.exit_code;
}

/// A network of its own, unless it is another container's or that of a path.
void connect(const RunOptions& options, ContainerRun& run, const runtime::StopSource& stop) {
    RunFlags flags = options.kept.run;
    flags.network = run.namespaces.network;
    if (!flags.network.starts_with("container:")) prepare_network(flags, run.settings, stop);
}

int run_command_in(Context& context, const Words& given, RunOptions& options) {
    Words words = given;
    if (!words.empty() && words.front() == "--") words.erase(words.begin());
    if (words.empty()) throw Error("container ID must be specified");
    options.run.command = command_of(words);
    refuse_network_of_chroot(options);
    WorkingContainer container(context.store(), words.front());
    ContainerRun run = make_run(context, container, options);
    for (runtime::DeviceMount& mount : default_mounts(context.options().default_mounts_file))
        run.settings.devices.mounts.push_back(std::move(mount));
    runtime::Attachment attachment;
    const IsolatedRunner isolated = choose_runner(isolation_wish(options.kept.run.isolation, run.namespaces));
    if (!isolated.notice.empty()) std::cerr << isolated.notice << "\n";
    run.settings.isolation = isolated.isolation;
    const auto cgroup = limit_steps(cgroup_limits(options.kept.run), run.settings, isolated.runner,
                                    cgroup_manager(context.options().cgroup_manager));
    runtime::StopSource stop;
    connect(options, run, stop);
    const RunResult result =
        run_in_container(container, isolated.runner, attachment, run, image_finder(context, options.image, stop), stop);
    if (options.add_history)
        container.change_state([&](ContainerState& state) {
            add_empty_history(state, fmt::format("{}", fmt::join(options.run.command, " ")));
        });
    if (options.removes) remove_working_container(container);
    return exit_code_of(result, options);
}

}  // namespace

Command run_command() {
    auto options = std::make_shared<RunOptions>();
    Command command;
    command.name = "run";
    command.group = "Containers";
    command.summary = "run a command in a working container";
    command.usage = "[flags] CONTAINER [--] COMMAND [ARGUMENT…]";
    command.flags = flags_of_run(*options);
    command.fewest_words = 1;
    command.most_words = 100'000;
    command.stops_at_first_word = true;
    take_from_environment(command.flags, "add-history", "HISTORY");
    take_from_environment(command.flags, "isolation", "ISOLATION");
    take_from_environment(command.flags, "no-pivot", "NOPIVOT");
    take_from_environment(command.flags, "runtime", "RUNTIME");
    command.run = [options](Context& context, const Words& words) { return run_command_in(context, words, *options); };
    return command;
}

}  // namespace builder
