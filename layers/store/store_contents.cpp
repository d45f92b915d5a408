#include "layers/store/store_contents.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <string_view>

#include "layers/store/build_files.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace layers {
namespace {

using Kind = Prunable::Kind;

/// 0 where there is no such file.
std::int64_t time_of(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

class Reader {
public:
    Reader(Database& database, const StoreLocation& location, const std::set<std::string>& held)
        : database_(database), location_(location), held_(held) {}

    StoreContents read(const std::vector<Digest>& images) {
        read_layers();
        read_steps();
        for (const Digest& image : images) read_image(image);
        read_downloads();
        read_folders("/cache-mounts", Kind::cache_mount,
                     [&](const std::string& name) { return location_.root + "/locks/cache-" + name; });
        read_folders("/git", Kind::git_repository,
                     [&](const std::string& name) { return location_.root + "/git/" + name + ".lock"; });
        read_records();
        struct statvfs file_system {};
        if (::statvfs(location_.root.c_str(), &file_system) == 0)
            contents_.free_bytes = static_cast<std::int64_t>(file_system.f_bavail * file_system.f_frsize);
        return std::move(contents_);
    }

private:
    void read_layers() {
        Query row = database_.query(
            "SELECT id, folder, tar_bytes + coalesce((SELECT sum(size_bytes) FROM blobs WHERE diff_id = l.diff_id), "
            "0), "
            "(SELECT count(*) FROM image_layers WHERE layer_id = id), "
            "EXISTS (SELECT 1 FROM container_layers WHERE layer_id = id) FROM layers l");
        while (row.next()) {
            StoreContents::Layer& layer = contents_.layers[row.integer(0)];
            layer.bytes = row.integer(2);
            layer.images = static_cast<unsigned>(row.integer(3));
            layer.is_held = row.integer(4) != 0 || held_.contains(row.text(1));
            contents_.total_bytes += layer.bytes;
            used_[row.integer(0)] = time_of(location_.layers() + "/" + row.text(1));
        }
    }

    /// A layer that several steps gave is one candidate.
    void read_steps() {
        std::map<std::int64_t, std::size_t> places;
        std::map<std::string, std::size_t> runs;
        std::vector<std::pair<std::size_t, std::string>> below;
        Query row = database_.query(
            "SELECT c.layer_id, l.folder, c.took_ms, c.run, c.below FROM cache c JOIN layers l ON l.id = c.layer_id");
        while (row.next()) {
            const std::int64_t layer = row.integer(0);
            const auto [place, is_new] = places.try_emplace(layer, contents_.candidates.size());
            if (is_new)
                contents_.candidates.push_back({Kind::step, row.text(1), layer, 0, used_[layer], 0, {layer}, {}});
            Prunable& step = contents_.candidates[place->second];
            step.took_ms = std::max(step.took_ms, row.integer(2));
            contents_.layers[layer].is_cached = true;
            runs.emplace(row.text(3), place->second);
            below.emplace_back(place->second, row.text(4));
        }
        for (const auto& [step, run] : below)
            if (const auto found = runs.find(run); found != runs.end() && found->second != step)
                contents_.candidates[step].made_on.push_back(found->second);
    }

    void read_image(const Digest& id) {
        Query row = database_.query("SELECT added_at / 1000000000 FROM images WHERE id = ?");
        row.bind_all(id.text());
        if (!row.next()) return;
        Prunable image{Kind::image, id.text(), row.integer(0), 0, row.integer(0), 0, {}, {}};
        Query layer = database_.query("SELECT layer_id FROM image_layers WHERE image_id = ? ORDER BY position");
        layer.bind_all(id.text());
        while (layer.next()) image.layers.push_back(layer.integer(0));
        if (!image.layers.empty()) image.last_used = std::max(image.last_used, used_[image.layers.back()]);
        contents_.candidates.push_back(std::move(image));
    }

    void read_downloads() {
        Query row = database_.query(
            "SELECT d.url, d.last_used, b.size_bytes FROM downloads d JOIN blobs b ON b.digest = d.digest");
        while (row.next())
            contents_.candidates.push_back(
                {Kind::download, row.text(0), row.integer(1), row.integer(2), row.integer(1)});
        Query sum = database_.query("SELECT coalesce(sum(size_bytes), 0) FROM blobs WHERE diff_id IS NULL");
        sum.next();
        contents_.total_bytes += sum.integer(0);
    }

    template <typename LockPath>
    void read_folders(const char* parent, Kind kind, LockPath lock_path) {
        const auto folder = runtime::open_if_exists(location_.root + parent, O_RDONLY | O_DIRECTORY);
        if (!folder) return;
        for (const runtime::FolderEntry& entry : runtime::list_folder(*folder)) {
            if (entry.name.ends_with(".lock")) continue;
            const runtime::Fd one = runtime::open_at(*folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
            const std::int64_t used = std::max(time_of(lock_path(entry.name)),
                                               static_cast<std::int64_t>(runtime::stat_of(one).st_mtim.tv_sec));
            const std::int64_t bytes = bytes_below(one);
            contents_.total_bytes += bytes;
            contents_.candidates.push_back({kind, entry.name, used, bytes, used});
        }
    }

    void read_records() {
        const BuildFiles builds(location_);
        for (const BuildFile& file : builds.list()) {
            if (builds.is_running(file)) continue;
            const std::int64_t bytes = builds.bytes_of(file);
            const std::int64_t started = file.started_us / 1'000'000;
            contents_.total_bytes += bytes;
            contents_.candidates.push_back(
                {Kind::build_record, file.path.substr(file.path.rfind('/') + 1), started, bytes, started});
        }
    }

    Database& database_;
    const StoreLocation& location_;
    const std::set<std::string>& held_;  ///< folders that somebody outside of the store uses
    StoreContents contents_;
    std::map<std::int64_t, std::int64_t> used_;  ///< by layer: when its folder was used last
};

}  // namespace

std::int64_t bytes_below(const runtime::Fd& folder) {
    constexpr std::int64_t block_bytes = 512;
    std::int64_t bytes = 0;
    try {
        runtime::visit_tree(folder, [&](const runtime::Fd& parent, const runtime::FolderEntry& entry) {
            if (const auto status = runtime::stat_at(parent, entry.name)) bytes += status->st_blocks * block_bytes;
        });
    } catch (const runtime::Error& error) {
        runtime::log_debug("not all of a kept folder is counted: {}", error.full_message());
    }
    return bytes;
}

StoreContents read_contents(Database& database, const StoreLocation& location, const std::vector<Digest>& images,
                            const std::set<std::string>& used) {
    return Reader(database, location, used).read(images);
}

}  // namespace layers
