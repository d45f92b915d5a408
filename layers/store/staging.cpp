#include "layers/store/staging.hpp"

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "layers/digest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using runtime::quoted;
using runtime::SystemError;

void make_folder(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) != 0) throw SystemError("cannot make the folder {}", quoted(path));
}

void sweep_one(const runtime::Fd& root, const std::string& name) {
    const runtime::Fd folder(::openat(root.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return;
    runtime::remove_tree_at(root, name);
}

}  // namespace

std::string random_name() {
    std::array<std::byte, 8> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw SystemError("cannot get random bytes");
    return to_hex(bytes);
}

StagedLayer::StagedLayer(std::string path) : path_(std::move(path)) {
    make_folder(path_, 0700);
    make_folder(diff_path(), 0755);
    make_folder(work_path(), 0700);
    diff_ = runtime::open_path(diff_path(), O_RDONLY | O_DIRECTORY);
}

StagedLayer::~StagedLayer() {
    if (path_.empty()) return;
    try {
        runtime::remove_tree(path_);
    } catch (const runtime::Error&) {
        // It stays in staging/ and is swept by a later command.
    }
}

void StagedLayer::finish() {
    runtime::remove_tree(work_path());
}

StagingArea::~StagingArea() {
    if (folder_.empty()) return;
    try {
        runtime::remove_tree(folder_);
    } catch (const runtime::Error&) {
        // Swept by a later command.
    }
}

const std::string& StagingArea::folder() {
    const std::lock_guard lock(mutex_);
    if (!folder_.empty()) return folder_;
    runtime::make_folders(root_, 0700);
    // Another command that sweeps up may take the new folder for a leftover, as long as there is no lock on it.
    do {
        folder_ = root_ + "/" + random_name();
        make_folder(folder_, 0700);
    } while (!lock_folder());
    return folder_;
}

bool StagingArea::lock_folder() {
    auto folder = runtime::open_if_exists(folder_, O_RDONLY | O_DIRECTORY);
    if (!folder || ::flock(folder->get(), LOCK_EX | LOCK_NB) != 0) return false;
    const auto now = runtime::open_if_exists(folder_, O_PATH);
    if (!now || runtime::stat_of(*now).st_ino != runtime::stat_of(*folder).st_ino) return false;
    lock_ = *std::move(folder);
    return true;
}

StagedLayer StagingArea::new_layer() {
    return StagedLayer(new_path());
}

std::string StagingArea::new_path() {
    return fmt::format("{}/{}", folder(), count_.fetch_add(1));
}

void StagingArea::sweep(const std::string& staging_root) {
    const auto root = runtime::open_if_exists(staging_root, O_RDONLY | O_DIRECTORY);
    if (!root) return;
    try {
        for (const runtime::FolderEntry& entry : runtime::list_folder(*root)) sweep_one(*root, entry.name);
    } catch (const runtime::Error& error) {
        // A store that is read-only keeps it.
        runtime::log_debug("what others left in {} stays: {}", quoted(staging_root), error.full_message());
    }
}

}  // namespace layers
