// What a RUN asks for and gives, and who runs it: StepRunner in containers, a test in whatever way it likes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "layers/secret_scan.hpp"
#include "layers/store/staging.hpp"
#include "overlay/layered_view.hpp"
#include "overlay/upper_folder.hpp"
#include "runtime/container/devices.hpp"
#include "runtime/container/network/network_on_demand.hpp"
#include "runtime/container/network/resolver_file.hpp"
#include "runtime/container/runner/runner.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace builder {

class StepSlots;

/// Which namespaces commands run in, with those that are there already held open.
struct SharedNamespaces {
    runtime::ContainerNamespaces kinds;
    std::vector<std::shared_ptr<const runtime::Fd>> sources = {};  ///< what the kinds' numbers are of
};

/// A flag that says what containers are like, and a value that was given to it.
struct AskedSetting {
    std::string name;
    std::string value;
};

/// Settings of all RUN steps of a build.
struct RunSettings {
    std::vector<AskedSetting> asked = {};  ///< as the caller gave them, for the keys of steps; by name
    runtime::Isolation isolation = runtime::Isolation::namespaces;
    runtime::OciRuntime oci = {};                ///< with Isolation::oci_runtime; without ID and filter
    std::vector<std::string> hook_folders = {};  ///< for it
    SharedNamespaces namespaces = {};            ///< of every step
    std::optional<runtime::ClockOffsets> clocks = std::nullopt;
    runtime::CgroupLimits limits = {};
    std::string cgroup_parent = {};
    std::vector<std::string> added_groups = {};  ///< by name or number, or "keep-groups"
    std::vector<std::string> masked_paths = runtime::default_masked_paths();
    std::vector<std::string> read_only_paths = runtime::default_read_only_paths();
    std::string apparmor_profile = {};
    std::string mount_label = {};    ///< of SELinux, for all files that a step sees
    std::string process_label = {};  ///< of SELinux
    std::shared_ptr<const runtime::UserNamespace> user_namespace = nullptr;  ///< of every step; nothing: the program's
    bool gives_input = false;  ///< steps read the standard input of the program
    runtime::CapabilitySet capabilities = runtime::default_capabilities();
    bool no_new_privileges = false;
    std::string seccomp_profile;  ///< JSON; empty: no filter
    std::vector<runtime::ResourceLimit> resource_limits;
    std::uint64_t shm_size_bytes = 64U << 20;
    std::string hostname = "builder";
    bool makes_hosts_file = true;          ///< /etc/hosts is the program's, else the image's
    bool makes_hostname_file = true;       ///< /etc/hostname, likewise
    bool makes_resolver_file = true;       ///< /etc/resolv.conf, likewise
    runtime::ResolverFile resolver;        ///< what it is to have; what is missing is the network's, else the host's
    std::vector<std::string> extra_hosts;  ///< lines for /etc/hosts
    /// What steps are connected to whose network is not none: nothing for the host's. It keeps alive what made it.
    std::shared_ptr<const runtime::Fd> network_namespace = nullptr;
    /// Connects it when a program asks for a socket; nothing where it is connected, or has to be by whoever made it.
    std::shared_ptr<runtime::NetworkOnDemand> network_on_demand = nullptr;
    bool has_host_network = false;  ///< that is what they are given by the command line, or for want of another
    bool requires_network = false;  ///< a step whose network could not be connected on demand has failed
    /// Sets that up when the first step is run, with all that comes with it: addresses, names. Gives a sentence for the
    /// user, or an empty text. A folder is given for its files.
    std::function<std::string(RunSettings&, const std::string& folder)> connect = nullptr;
    std::vector<std::string> cgroup_folders;
    std::vector<std::string> environment = {};  ///< NAME=value, for what the image does not set
    runtime::DeviceEdits devices = {};          ///< for every step
    std::vector<std::string> cdi_folders = runtime::default_cdi_folders();
    std::shared_ptr<const layers::SecretPatterns> secrets = nullptr;  ///< to be taken out of the output
    std::optional<std::chrono::nanoseconds> timeout = std::nullopt;   ///< of each command
    std::shared_ptr<StepSlots> slots = nullptr;                       ///< one is taken for each; nothing: no limit
};

/// What one RUN needs.
struct RunRequest {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::string working_directory = "/";
    std::string user;  ///< as USER has it
    runtime::NetworkMode network = runtime::NetworkMode::host;
    bool uses_host_network = false;              ///< RUN --network=host, whatever the others have
    std::vector<std::string> lower_folders;      ///< topmost first
    const overlay::LayeredView* view = nullptr;  ///< of the same folders
    std::vector<std::string> folders_to_make;    ///< before the command, where they are missing: of volumes
    std::vector<runtime::MountSpec> mounts;
    std::vector<runtime::Fd> mount_sources;
    std::string script_name;  ///< a here-document that says itself what runs it: a file in /dev/pipes
    std::string script_content;
    bool insecure = false;  ///< every capability, no filter
    runtime::DeviceEdits devices;

    const overlay::LayeredView* users = nullptr;  ///< where the user is looked up, if not in `view`
    runtime::Fd mounted_root;                     ///< a detached mount that is the root; nothing is stacked then
    bool terminal = false;
};

/// Where what a command writes goes: the two folders of an overlay.
struct WritableFolder {
    std::string upper;
    std::string work;
    overlay::UpperState state = overlay::UpperState::fresh;
};

/// How a RUN ended.
struct RunResult {
    runtime::ContainerResult container;
    std::string last_output;        ///< the last lines, for the report of a failure
    bool hit_memory_limit = false;  ///< the kernel ended a process of it for that
    bool timed_out = false;         ///< it was ended by RunSettings::timeout
};

/// Runs the commands of the steps of one build. Thread-safe.
class CommandRunner {
public:
    explicit CommandRunner(RunSettings settings) : settings_(std::move(settings)) {}
    virtual ~CommandRunner() = default;
    CommandRunner(const CommandRunner&) = delete;
    CommandRunner& operator=(const CommandRunner&) = delete;

    /// Runs a command; what it changes is left in the staged folder. Throws Error where it could not be started or was
    /// stopped; a command that fails is a result.
    virtual RunResult run(RunRequest request, layers::StagedLayer& staged, const StepLabel& label,
                          BuildObserver& observer) = 0;

    /// Whether steps have a user namespace of their own, where only the files of the store are theirs.
    bool gives_own_users() const noexcept { return settings_.user_namespace != nullptr; }
    /// What the caller asked for, for the keys of steps.
    const std::vector<AskedSetting>& asked() const noexcept { return settings_.asked; }
    bool gives_input() const noexcept { return settings_.gives_input; }
    /// Of SELinux, for the files that a step sees; empty: those that they have.
    const std::string& mount_label() const noexcept { return settings_.mount_label; }
    /// Whether what devices want to have run is run.
    bool runs_hooks() const noexcept { return settings_.isolation == runtime::Isolation::oci_runtime; }

protected:
    RunSettings settings_;
};

}  // namespace builder
