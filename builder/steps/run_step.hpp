// RUN: a command in a container on top of the layers so far.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "builder/steps/command_runner.hpp"
#include "builder/steps/copied_root.hpp"
#include "builder/steps/kept_copies.hpp"
#include "layers/store/store.hpp"
#include "runtime/container/runner/attachment.hpp"
#include "runtime/container/runner/runner.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Runs them in containers. The files that all its containers share are made when the first one is run.
/// Thread-safe.
class StepRunner final : public CommandRunner {
public:
    StepRunner(layers::Store& store, const runtime::Runner& runner, RunSettings settings, runtime::StopSource& stop);

    RunResult run(RunRequest request, layers::StagedLayer& staged, const StepLabel& label,
                  BuildObserver& observer) override;
    /// Runs a command in the foreground, on the three streams of this program. The mount points that were made for it
    /// are left to the caller, who knows who else works in the folder.
    RunResult run_attached(RunRequest request, const WritableFolder& folder, runtime::Attachment& attachment);

    /// What run_attached would ask the runner for.
    runtime::ContainerSpec describe(RunRequest request);

private:
    struct SharedFiles {
        std::string folder;
        std::string seccomp_program;
        std::string oci_seccomp;
        std::string stub_folder;
    };
    const SharedFiles& shared_files();
    struct StagedCopy {
        layers::StagedLayer place;
        CopiedRoot root;
    };
    /// A copy of what would be stacked, where the store's driver wants that.
    std::optional<StagedCopy> copy_root(const std::vector<std::string>& folders);
    /// The same, of a copy that the step before has left, if there is one.
    std::optional<StagedCopy> copy_for_step(const std::vector<std::string>& folders);
    /// What comes after the step may go on with its copy, unless that has what the layer has not.
    void keep_copy(StagedCopy copy, std::vector<std::string> folders, const layers::StagedLayer& layer,
                   const runtime::ContainerResult& result);
    runtime::ContainerSpec make_spec(RunRequest& request, const WritableFolder& folder);
    std::vector<runtime::Hook> hooks_for(const runtime::ContainerSpec& spec, const RunRequest& request) const;
    void add_runtime(runtime::ContainerSpec& spec, const RunRequest& request);
    /// Connects a container to the network of the steps, unless it has another one.
    void join_network(runtime::ContainerSpec& spec, RunRequest& request) const;
    std::string take_notice();
    bool notes_owners_afterwards() const noexcept;
    void watch_sockets(runtime::RunningContainer& container) const;
    /// A sentence about a network that could not be connected on demand. Throws Error where it was required.
    std::string notice_of_network() const;
    void give_own_users(runtime::ContainerSpec& spec, RunRequest& request) const;
    void add_own_files(runtime::ContainerSpec& spec, std::vector<runtime::Fd>& sources, runtime::NetworkMode network);

    layers::Store& store_;
    const runtime::Runner& runner_;
    runtime::StopSource& stop_;
    KeptCopies kept_copies_;
    std::mutex mutex_;
    std::optional<SharedFiles> shared_;
    std::string notice_;  ///< of what was set up, until somebody was told
};

/// A sentence that names hooks which are not run.
std::string notice_of_hooks(const std::vector<runtime::Hook>& hooks);

}  // namespace builder
