// What is being written. A staging folder belongs to one process, which holds a lock on it; what no process holds is
// swept.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "runtime/sys/fd.hpp"

namespace layers {

/// A layer that is being made: `diff` takes the files, `work` is overlayfs' own. Both stand in one staged folder.
/// Destroying it removes what is left of it.
class StagedLayer {
public:
    StagedLayer(const StagedLayer&) = delete;
    StagedLayer& operator=(const StagedLayer&) = delete;
    StagedLayer(StagedLayer&& other) noexcept : path_(std::exchange(other.path_, {})), diff_(std::move(other.diff_)) {}
    StagedLayer& operator=(StagedLayer&&) = delete;
    ~StagedLayer();

    std::string diff_path() const { return path_ + "/diff"; }
    std::string work_path() const { return path_ + "/work"; }
    const runtime::Fd& diff() const noexcept { return diff_; }
    const std::string& path() const noexcept { return path_; }

    /// Takes overlayfs' own folder away: the layer is complete.
    void finish();
    /// Gives the folder up to whoever renamed it.
    void release() noexcept { path_.clear(); }

private:
    friend class StagingArea;
    explicit StagedLayer(std::string path);
    std::string path_;
    runtime::Fd diff_;
};

/// This process's part of the folder staging/. Made when first needed, so that a command that writes nothing makes
/// nothing.
class StagingArea {
public:
    explicit StagingArea(std::string staging_root) : root_(std::move(staging_root)) {}
    ~StagingArea();
    StagingArea(const StagingArea&) = delete;
    StagingArea& operator=(const StagingArea&) = delete;

    StagedLayer new_layer();
    /// A fresh path for a file or a folder that the caller makes.
    std::string new_path();

    /// Removes what processes left behind that are gone. Whatever a live process holds is left alone.
    static void sweep(const std::string& staging_root);

private:
    const std::string& folder();
    bool lock_folder();
    std::string root_;
    std::mutex mutex_;
    std::string folder_;
    runtime::Fd lock_;
    std::atomic<unsigned> count_{0};
};

/// 16 random hex digits: a name that nobody else uses.
std::string random_name();

}  // namespace layers
