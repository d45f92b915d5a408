#include "layers/store/store_folders.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

#include "layers/store/store_location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr mode_t private_mode = 0700;
constexpr mode_t of_others = 0077;
constexpr mode_t writable_by_others = 0022;

/// Everything that a store has at its top, in every version of this program.
constexpr std::array<std::string_view, 18> names_of_store = {
    "ballast",  "blobs",        "builds",       "cache-mounts",     "git",    "layers",
    "lock",     "locks",        "quarantine",   "lost+found",       "podman", "staging",
    "store.db", "store.db-wal", "store.db-shm", "store.db-journal", "stub",   "volumes"};
constexpr std::array<std::string_view, 4> names_of_runroot = {"containers", "overlayfs-works", "running",
                                                              "running-locks"};
constexpr std::string_view seccomp_prefix = "seccomp-";

bool is_of_runroot(std::string_view name) {
    return name.starts_with(seccomp_prefix) ||
           std::find(names_of_runroot.begin(), names_of_runroot.end(), name) != names_of_runroot.end();
}

bool is_of_store(std::string_view name) {
    return std::find(names_of_store.begin(), names_of_store.end(), name) != names_of_store.end();
}

Fd open_folder(const std::string& path) {
    return runtime::open_path(path, O_RDONLY | O_DIRECTORY);
}

struct stat status_of(const Fd& fd, const std::string& path) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw runtime::SystemError("cannot look at {}", quoted(path));
    return status;
}

void close_folder(const Fd& folder, const std::string& path) {
    if ((status_of(folder, path).st_mode & of_others) == 0) return;
    if (::fchmod(folder.get(), private_mode) != 0)
        throw runtime::SystemError("cannot close {} to other users", quoted(path)).with_hint("chmod 700 it");
}

/// The files at the top: the rest lies in folders that were always closed.
void close_files(const Fd& folder, const std::vector<runtime::FolderEntry>& entries, const std::string& path) {
    for (const runtime::FolderEntry& entry : entries) {
        const Fd file(::openat(folder.get(), entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!file) continue;  // gone, or a link, which has no mode
        const mode_t mode = status_of(file, path).st_mode;
        if (S_ISREG(mode) && (mode & of_others) != 0 && ::fchmod(file.get(), 0600) != 0)
            throw runtime::SystemError("cannot close {}/{} to other users", path, entry.name);
    }
}

/// The name at the top of the root that leads to the runroot; empty where it lies elsewhere.
std::string runroot_within(const StoreLocation& location) {
    const auto within = std::filesystem::weakly_canonical(location.runroot)
                            .lexically_relative(std::filesystem::weakly_canonical(location.root));
    return within.empty() ? "" : within.begin()->string();
}

void prepare_root(const StoreLocation& location) {
    runtime::make_folders(location.root, private_mode);
    const Fd folder = open_folder(location.root);
    const auto entries = runtime::list_folder(folder);
    const std::string runroot = runroot_within(location);
    for (const runtime::FolderEntry& entry : entries)
        if (!is_of_store(entry.name) && entry.name != runroot &&
            !(location.root == location.runroot && is_of_runroot(entry.name)))
            throw Error("{} holds something else than a store: {}", quoted(location.root), quoted(entry.name))
                .with_hint("name an empty folder, or a new one, with --root");
    // With others in it every command would look at each file again: the folder is closed last.
    if ((status_of(folder, location.root).st_mode & of_others) == 0) return;
    close_files(folder, entries, location.root);
    close_folder(folder, location.root);
}

void prepare_runroot(const StoreLocation& location) {
    runtime::make_folders(location.runroot, private_mode);
    const Fd folder = open_folder(location.runroot);
    const struct stat status = status_of(folder, location.runroot);
    if (status.st_uid != ::geteuid())
        throw Error("the folder {} belongs to user {}, not to you", quoted(location.runroot), status.st_uid)
            .with_hint("name another one with --runroot");
    if ((status.st_mode & of_others) == 0) return;
    const auto entries = runtime::list_folder(folder);
    const bool is_ours =
        std::all_of(entries.begin(), entries.end(), [](const auto& entry) { return is_of_runroot(entry.name); });
    if (is_ours) return close_folder(folder, location.runroot);
    if ((status.st_mode & writable_by_others) != 0)
        throw Error("other users can write in {}, and it holds more than this program's files",
                    quoted(location.runroot))
            .with_hint("name a folder of its own with --runroot");
}

}  // namespace

void prepare_store_folders(const StoreLocation& location) {
    prepare_root(location);
    prepare_runroot(location);
}

void make_private_folder(const std::string& path) {
    if (::mkdir(path.c_str(), private_mode) != 0 && errno != EEXIST)
        throw runtime::SystemError("cannot make the folder {}", quoted(path));
    const Fd folder = runtime::open_path(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const struct stat status = status_of(folder, path);
    if (status.st_uid != ::geteuid())
        throw Error("the folder {} belongs to user {}, not to you", quoted(path), status.st_uid)
            .with_hint("remove it, or name another folder with --runroot");
    close_folder(folder, path);
}

}  // namespace layers
