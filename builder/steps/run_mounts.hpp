// RUN --mount: bind, cache, tmpfs, secret and ssh mounts of one step.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "builder/engine/record/step_key.hpp"
#include "builder/engine/record/tree_list.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/steps/run_step.hpp"
#include "builder/steps/ssh_proxy.hpp"
#include "builder/steps/step_environment.hpp"
#include "builder/steps/volume_request.hpp"
#include "builder/syntax/mount_options.hpp"
#include "runtime/sys/file_lock.hpp"

namespace builder {

/// The mounts of one RUN. Sources are found and digested when it is made; locks on caches are taken when the step runs,
/// and kept until this goes.
class StepMounts {
public:
    /// Targets are relative to a folder; an empty one is that of the configuration.
    StepMounts(StepEnvironment& environment, const StageState& state, const std::vector<std::string>& texts,
               std::size_t stage, std::string working_directory = {});

    /// Mounts a folder of the stage over itself so that what the step writes there is not kept. Nothing where it is no
    /// folder.
    void shield(const std::string& folder, RunRequest& request);
    /// A volume of this machine that is more than a bind mount: with a folder for what is written, or given to the user
    /// of the step.
    void add_volume(const VolumeRequest& volume, RunRequest& request);
    /// What the step's key must cover: never the value of a secret.
    void add_to_key(KeyBuilder& key) const;
    /// The trees in the key; valid as long as this.
    std::vector<ReadTree> read_trees() const;
    /// Adds everything to a request. Throws Error for a secret that is required and not there.
    void apply(RunRequest& request);
    /// Whether somebody has changed what was bound since it was digested, or could without a sign; even where it was
    /// put back.
    bool sources_changed() const;

    /// After the step: what was made in caches for other mounts to stand on goes, where no other step has the cache.
    void take_stubs_away(const std::vector<runtime::MadePath>& made) const;

private:
    struct Bound {
        std::shared_ptr<const CopySource> source;
        std::string path;  ///< resolved, in the source
        std::string digest;
        std::string state;  ///< of the source when it was digested, see digest_state()
        SourceNode tree;
        bool is_folder = true;
        bool is_roots = true;  ///< all of it belongs to root
    };
    struct Mount {
        MountRequest request;
        std::optional<Bound> bound;  ///< of bind mounts, and of what a cache begins with
    };
    void add_mount(MountRequest request);
    Bound find_bound(const MountRequest& mount);
    void bind(const Mount& wanted, RunRequest& request);
    void cache(const Mount& wanted, RunRequest& request);
    void secret(const MountRequest& mount, RunRequest& request);
    void ssh(const MountRequest& mount, RunRequest& request);
    std::string target_of(const MountRequest& mount) const;
    static void describe_cache(const runtime::Fd& folder, const MountRequest& mount);
    std::string cache_id(const MountRequest& mount) const;
    void make_cache(const Mount& mount, const std::string& folder);
    std::string cache_folder(const Mount& mount) const;
    runtime::FileLock cache_lock(const std::string& folder) const;
    void lock_shared_caches();
    std::string locked_cache(const Mount& mount);
    std::string own_copy(const Bound& bound, bool for_user);
    bool has_changed(const Bound& bound) const;
    void memory(const MountRequest& mount, RunRequest& request);
    void add_throwaway_upper(runtime::MountSpec& spec);
    void copy_where_nothing_stacks(runtime::MountSpec& spec);
    void give_to_user(const std::string& folder) const;
    CopyOwner step_user() const;

    StepEnvironment& environment_;
    const StageState& state_;
    std::size_t stage_;
    std::string working_directory_;
    std::vector<Mount> mounts_;
    std::vector<std::string> preset_variables_;                ///< NAME=value, of cache presets
    std::map<std::string, runtime::FileLock> locks_;           ///< of caches, by folder
    std::vector<std::pair<std::string, std::string>> caches_;  ///< where each is mounted, and its folder
    std::vector<std::unique_ptr<SshProxy>> proxies_;
    std::vector<std::unique_ptr<layers::StagedLayer>> temporary_;
    bool shows_changes_ = false;  ///< a mount shows what was not digested, or what may become so without a sign
};

}  // namespace builder
