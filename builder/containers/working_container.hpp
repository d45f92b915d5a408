// A working container: its record in the store, opened for use. What `run`, `copy`, `add` and `commit` of the command
// line share; the steps themselves are those of a build.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/containers/container_state.hpp"
#include "builder/containers/container_turn.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "layers/store/store.hpp"
#include "overlay/upper_folder.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/folders_in_root.hpp"

namespace builder {

/// By name, ID or the beginning of an ID (at least three digits). Nothing where there is none; throws Error for a
/// beginning that fits several.
std::optional<layers::ContainerRecord> find_container(layers::Store& store, const std::string& text);
/// Throws Error with the nearest names.
layers::ContainerRecord require_container(layers::Store& store, const std::string& text, const std::string& act = {});

/// "busybox-working-container" for an image, "working-container" for none; another word may stand in its place. What is
/// behind the first ":" does not count, as Buildah has it.
std::string working_name(const std::string& image_name, const std::string& suffix = "working-container");

/// What a container gets from the image that it starts from, or from nothing where there is none.
ContainerState state_of_base(const std::optional<layers::ImageRecord>& image, const std::string& platform);

/// The lock of a container: shared by all who use its files, exclusive for who seals or removes them.
runtime::FileLock container_lock(const layers::Store& store, const layers::ContainerRecord& container);

class WorkingContainer {
public:
    /// Opens a container for reading and writing its files, and keeps it from being sealed meanwhile: other commands
    /// may work in it too, but a commit then copies what it finds.
    WorkingContainer(layers::Store& store, const std::string& name_or_id);

    const layers::ContainerRecord& record() const noexcept { return record_; }
    const ContainerState& state() const noexcept { return state_; }
    layers::Store& store() const noexcept { return store_; }

    /// What its own folder is stacked on, with its configuration and variables.
    const StageState& below() const noexcept { return below_; }
    /// The same with its own folder on top.
    const StageState& whole() const noexcept { return whole_; }

    /// Where it is mounted in this mount namespace; empty where it is not.
    const std::string& mount_point() const noexcept { return mount_point_; }

    /// Goes among those who work in its files: from here on nobody makes a second stack of its folders. Once is enough.
    void enter();
    /// The root that other commands work in at the moment; nothing where there is none, or before enter().
    const std::optional<runtime::Fd>& root_of_others() const noexcept { return root_of_others_; }
    /// After enter(), where this command shows its own root to others: they may come.
    void let_others_in() {
        if (turn_) turn_->open_gate();
    }
    /// After enter(), before its files are replaced by what a command made of them: others wait till this command ends.
    void keep_others_out() {
        if (turn_) turn_->close_gate();
    }
    /// Takes mount points out of its files again that were made for a command, when that has ended.
    void remove_mount_points(const std::vector<runtime::MadePath>& made);

    /// Its files for writing: through the mount where there is one, or the root of others, so that all show the same.
    /// Enters.
    overlay::UpperFolder upper();

    /// Edits the state as it is in the store now, which another command may have changed meanwhile.
    void change_state(const std::function<void(ContainerState&)>& change);

    /// Tries to become its only user. While that is so, nothing else writes into its folder. Where somebody else uses
    /// it, this stays one of several.
    bool try_lock_alone();
    /// The same for one that may be mounted.
    bool try_lock_for_removal() { return lock_.try_lock(runtime::FileLock::Kind::exclusive); }

private:
    void lock();
    layers::Store& store_;
    layers::ContainerRecord record_;
    ContainerState state_;
    runtime::FileLock lock_;
    StageState below_;
    StageState whole_;
    std::string mount_point_;
    std::optional<runtime::Fd> root_of_others_;
    std::optional<ContainerTurn> turn_;
};

}  // namespace builder
