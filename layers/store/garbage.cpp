#include "layers/store/garbage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <future>
#include <set>

#include "layers/store/alone.hpp"
#include "layers/store/build_files.hpp"
#include "layers/store/store_contents.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/worker_pool.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using runtime::quoted;
using runtime::SystemError;

constexpr unsigned removing_threads = 4;

std::vector<runtime::FolderEntry> entries_of(const std::string& path) {
    const auto folder = runtime::open_if_exists(path, O_RDONLY | O_DIRECTORY);
    return folder ? runtime::list_folder(*folder) : std::vector<runtime::FolderEntry>{};
}

/// For SQL. Names of folders are hex digits, and others name no layer.
std::string quoted_list(const std::set<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        if (name.find_first_not_of("0123456789abcdef") == std::string::npos)
            list += (list.empty() ? "'" : ",'") + name + "'";
    return list;
}

void remove_all(const std::vector<std::string>& paths) {
    std::vector<std::future<void>> removals;
    runtime::WorkerPool workers(removing_threads);
    for (const std::string& path : paths) removals.push_back(workers.submit([&path] { runtime::remove_tree(path); }));
    for (std::future<void>& removal : removals) removal.get();
}

}  // namespace

std::vector<std::string> Garbage::unused_layer_folders(Database& database, const std::set<std::string>& kept) const {
    std::set<std::string> used = kept;
    Query row = database.query("SELECT folder FROM layers UNION ALL SELECT folder FROM containers");
    while (row.next()) used.insert(row.text(0));
    std::vector<std::string> unused;
    for (const runtime::FolderEntry& entry : entries_of(location_.layers()))
        if (!used.contains(entry.name)) unused.push_back(location_.layers() + "/" + entry.name);
    return unused;
}

std::vector<std::string> Garbage::unused_blob_files(Database& database) const {
    std::vector<std::string> unused;
    Query known = database.query("SELECT 1 FROM blobs WHERE digest = ?");
    for (const runtime::FolderEntry& algorithm : entries_of(location_.root + "/blobs"))
        for (const runtime::FolderEntry& file : entries_of(location_.root + "/blobs/" + algorithm.name)) {
            known.bind_all(algorithm.name + ":" + file.name);
            if (!known.next())
                unused.push_back(fmt::format("{}/blobs/{}/{}", location_.root, algorithm.name, file.name));
            known.reset();
        }
    return unused;
}

/// Deletes the rows of what nothing refers to, and gives the paths that are of no use then.
std::int64_t Garbage::forget_unused(Database& database, const std::set<std::string>& kept,
                                    std::vector<std::string>& doomed) const {
    std::int64_t freed_bytes = 0;
    const auto forget = [&](const std::string& size, const std::string& rows) {
        Query sum = database.query("SELECT coalesce(sum(" + size + "), 0) " + rows);
        sum.next();
        freed_bytes += sum.integer(0);
        sum.reset();
        database.run("DELETE " + rows);
    };
    forget("tar_bytes",
           "FROM layers WHERE id NOT IN (SELECT layer_id FROM image_layers) "
           "AND id NOT IN (SELECT layer_id FROM cache WHERE layer_id IS NOT NULL) "
           "AND id NOT IN (SELECT layer_id FROM container_layers) AND folder NOT IN (" +
               quoted_list(kept) + ")");
    constexpr std::int64_t kept_seconds = 14 * 24 * 60 * 60;
    database.query("DELETE FROM downloads WHERE last_used < ?")
        .bind_all(static_cast<std::int64_t>(std::time(nullptr)) - kept_seconds)
        .run();
    forget("size_bytes",
           "FROM blobs WHERE CASE WHEN diff_id IS NULL THEN digest NOT IN (SELECT digest FROM downloads) "
           "AND digest NOT IN (SELECT digest FROM manifest_list_blobs) "
           "ELSE diff_id NOT IN (SELECT diff_id FROM layers) END");
    doomed = unused_layer_folders(database, kept);
    for (std::string& file : unused_blob_files(database)) doomed.push_back(std::move(file));
    return freed_bytes;
}

/// Away they go at once, to where every command sweeps up what others left. On a full disk there may be no room for
/// that, and they are removed where they are. Returns where they lie.
std::vector<std::string> Garbage::move_to_staging(const std::vector<std::string>& paths) {
    std::vector<std::string> moved;
    try {
        for (const std::string& path : paths) {
            std::string place = staging_.new_path();
            if (::rename(path.c_str(), place.c_str()) != 0) throw SystemError("cannot move {}", quoted(path));
            moved.push_back(std::move(place));
        }
    } catch (const SystemError& error) {
        runtime::log_debug("what is removed stays in its place: {}", error.full_message());
        moved.insert(moved.end(), paths.begin() + static_cast<std::ptrdiff_t>(moved.size()), paths.end());
    }
    return moved;
}

std::int64_t Garbage::collect() {
    std::int64_t freed_bytes = 0;
    std::vector<std::string> moved;
    {
        const auto database = database_.lock();
        // A running command may use what no record names yet.
        const Alone alone(store_lock_);
        if (!alone) return 0;
        const std::set<std::string> kept = users_ != nullptr ? users_->withdraw() : std::set<std::string>{};
        std::vector<std::string> doomed;
        transactions_.remove_durably([&] { freed_bytes = forget_unused(*database, kept, doomed); });
        moved = move_to_staging(doomed);
    }
    remove_all(moved);
    ballast_.fill();
    return freed_bytes;
}

std::vector<std::string> Garbage::kept_folders() const {
    std::vector<std::string> folders;
    for (const char* name : {"/cache-mounts", "/git", "/locks", "/builds/trees"})
        if (const std::string path = location_.root + name; ::access(path.c_str(), F_OK) == 0) folders.push_back(path);
    return folders;
}

std::int64_t Garbage::clear_kept_folders() {
    std::vector<std::string> moved;
    {
        const auto database = database_.lock();
        const Alone alone(store_lock_);
        if (!alone) return 0;
        moved = move_to_staging(kept_folders());
    }
    std::int64_t freed_bytes = 0;
    for (const std::string& path : moved) freed_bytes += bytes_below(runtime::open_path(path, O_RDONLY | O_DIRECTORY));
    remove_all(moved);
    return freed_bytes;
}

PrunePlan Garbage::plan(const std::vector<Digest>& images, const PruneLimits& limits, const PruneFilter& filter) {
    const std::set<std::string> used = users_ != nullptr ? users_->used_folders() : std::set<std::string>{};
    const auto database = database_.lock();
    return plan_prune(read_contents(*database, location_, images, used), limits, filter);
}

void Garbage::forget(Database& database, const Prunable& one) {
    switch (one.kind) {
        case Prunable::Kind::image:
            database.query("DELETE FROM images WHERE id = ?").bind_all(one.id).run();
            return;
        case Prunable::Kind::step:
            database.query("DELETE FROM cache WHERE layer_id = ?").bind_all(one.layers.front()).run();
            return;
        case Prunable::Kind::download:
            database.query("DELETE FROM downloads WHERE url = ?").bind_all(one.id).run();
            return;
        case Prunable::Kind::cache_mount:
        case Prunable::Kind::git_repository:
        case Prunable::Kind::build_record:
            return;  // no rows
    }
}

std::vector<std::string> Garbage::paths_of(const std::vector<Prunable>& items) const {
    std::vector<std::string> paths;
    for (const Prunable& one : items) {
        if (one.kind == Prunable::Kind::cache_mount) paths.push_back(location_.root + "/cache-mounts/" + one.id);
        if (one.kind == Prunable::Kind::git_repository) paths.push_back(location_.root + "/git/" + one.id);
        if (one.kind != Prunable::Kind::build_record) continue;
        const BuildFile file{"", "", 0, location_.root + "/builds/" + one.id};
        // A log without its events would stay for ever.
        for (const std::string& path : {file.log_path(), file.events_path()})
            if (::access(path.c_str(), F_OK) == 0) paths.push_back(path);
    }
    return paths;
}

bool Garbage::remove(const PrunePlan& plan) {
    std::vector<std::string> moved;
    {
        const auto database = database_.lock();
        transactions_.remove_durably([&] {
            for (const Prunable& one : plan.removed) forget(*database, one);
        });
        const Alone alone(store_lock_);
        if (!alone) return false;
        moved = move_to_staging(paths_of(plan.removed));
    }
    remove_all(moved);
    collect();
    return true;
}

int Garbage::clear_cache() {
    const auto database = database_.lock();
    int records = 0;
    transactions_.with_room([&] {
        database->run("DELETE FROM file_digests");
        database->run("DELETE FROM downloads");
        database->run("DELETE FROM cache");
        records = database->changed_rows();
    });
    return records;
}

}  // namespace layers
