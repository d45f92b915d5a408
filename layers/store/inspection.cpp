#include "layers/store/inspection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "layers/oci/image_config.hpp"
#include "layers/oci/index.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/store/alone.hpp"
#include "layers/store/layer_rows.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/store/unpacked_again.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/worker_pool.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace layers {
namespace {

using Kind = Damage::Kind;
using runtime::Error;
using runtime::quoted;

std::string short_id(const std::string& digest) {
    const auto colon = digest.find(':');
    return digest.substr(colon == std::string::npos ? 0 : colon + 1, 12);
}

std::string digest_of_file(const std::string& path, Algorithm algorithm) {
    runtime::FileSource file(runtime::open_path(path, O_RDONLY | O_NOFOLLOW), path);
    DigestingSource source(file, algorithm);
    std::vector<std::byte> buffer(128 * 1024);
    while (source.read(buffer) > 0) continue;
    return source.finish().text();
}

/// What SQLite finds; empty where all is well.
std::string problem_of_database(Database& database) {
    Query row = database.query("PRAGMA integrity_check(1)");
    if (row.next() && row.text(0) != "ok") return row.text(0);
    Query keys = database.query("PRAGMA foreign_key_check");
    return keys.next() ? "a row of " + keys.text(0) + " names one of " + keys.text(2) + " that is not there" : "";
}

/// All reads see the store at one moment; others may write.
class ReadTransaction {
public:
    explicit ReadTransaction(Database& database) : database_(database) { database_.run("BEGIN"); }
    ~ReadTransaction() {
        try {
            database_.run("COMMIT");
        } catch (const Error&) {
            // Nothing was written: it ends with the connection.
        }
    }
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

private:
    Database& database_;
};

/// One look at everything. Reads all rows first, so that the database is free while files are read.
class Look {
public:
    Look(Database& database, const StoreLocation& location) : database_(database), location_(location) {}

    /// `is_alone`: nobody writes folders that are recorded later.
    Inspection::Findings take(bool is_alone) {
        if (std::string problem = problem_of_database(database_); !problem.empty())
            add({Kind::database, location_.root + "/store.db", "is damaged: " + problem});
        read_names();
        read_layers();
        read_blobs();
        check_images();
        check_containers();
        check_lists();
        if (is_alone) {
            check_strays();
            check_stray_blobs();
        }
        return std::move(found_);
    }

    /// Reads what is there; what is missing was found before.
    void read_contents(Inspection::Findings& found) {
        std::vector<std::future<void>> tasks;
        std::vector<std::string> problems(layers_.size() + blobs_.size());
        {
            runtime::WorkerPool workers(std::max(1U, std::thread::hardware_concurrency()));
            for (std::size_t i = 0; i < layers_.size(); ++i)
                tasks.push_back(workers.submit([&, i] { problems[i] = problem_of_layer(layers_[i]); }));
            for (std::size_t i = 0; i < blobs_.size(); ++i)
                tasks.push_back(workers.submit([&, i] { problems[layers_.size() + i] = problem_of_blob(blobs_[i]); }));
            for (std::future<void>& task : tasks) task.get();
        }
        for (std::size_t i = 0; i < problems.size(); ++i) {
            if (problems[i].empty()) continue;
            Damage damage = i < layers_.size() ? describe(layers_[i]) : describe(blobs_[i - layers_.size()]);
            damage.problem = problems[i];
            found.damages.push_back(std::move(damage));
        }
    }

private:
    struct Blob {
        std::string digest;
        std::string diff_id;  ///< empty for what is no layer
        std::string path;
    };

    void add(Damage damage) { found_.damages.push_back(std::move(damage)); }

    void read_names() {
        Query image = database_.query("SELECT id FROM images");
        while (image.next()) names_[image.text(0)] = "image " + short_id(image.text(0));
        Query name = database_.query("SELECT image_id, min(name) FROM names GROUP BY image_id");
        while (name.next()) names_[name.text(0)] = "image " + name.text(1);
        Query layer = database_.query("SELECT layer_id, image_id FROM image_layers");
        while (layer.next()) images_of_[layer.integer(0)].insert(layer.text(1));
        Query step =
            database_.query("SELECT layer_id, count(*) FROM cache WHERE layer_id IS NOT NULL GROUP BY layer_id");
        while (step.next()) steps_of_[step.integer(0)] = step.integer(1);
        Query container = database_.query(
            "SELECT l.layer_id, c.name FROM container_layers l JOIN containers c ON c.number = l.container");
        while (container.next()) containers_of_[container.integer(0)].insert(container.text(1));
    }

    Damage describe(const LayerRecord& layer) const {
        Damage damage{Kind::layer, layer.diff_id.text(), "", {}, {}, layer.folder.substr(0, layer.folder.rfind('/')),
                      layer.id};
        if (const auto images = images_of_.find(layer.id); images != images_of_.end())
            for (const std::string& image : images->second) note_image(damage, image);
        if (const auto containers = containers_of_.find(layer.id); containers != containers_of_.end())
            for (const std::string& name : containers->second) damage.affects.push_back("container " + name);
        if (const auto steps = steps_of_.find(layer.id); steps != steps_of_.end())
            damage.affects.push_back(fmt::format("{} cached step{}", steps->second, steps->second == 1 ? "" : "s"));
        return damage;
    }

    Damage describe(const Blob& blob) const {
        Damage damage{Kind::blob, blob.digest, "", {}, {}, blob.path};
        for (const LayerRecord& layer : all_layers_) {
            if (layer.diff_id.text() != blob.diff_id) continue;
            if (const auto images = images_of_.find(layer.id); images != images_of_.end())
                for (const std::string& image : images->second) note_image(damage, image);
        }
        return damage;
    }

    void note_image(Damage& damage, const std::string& id) const {
        const auto name = names_.find(id);
        if (name == names_.end()) return;
        damage.affects.push_back(name->second);
        damage.images.push_back(Digest::parse(id));
    }

    void read_layers() {
        Query row = database_.query(select_layers(" FROM layers l"));
        while (row.next()) all_layers_.push_back(read_layer(row, location_.layers()));
        found_.layers = all_layers_.size();
        for (const LayerRecord& layer : all_layers_) {
            if (layer.is_there()) {
                layers_.push_back(layer);
                continue;
            }
            Damage damage = describe(layer);
            damage.problem = "has no files any more";
            add(std::move(damage));
        }
    }

    void read_blobs() {
        Query row = database_.query("SELECT digest, coalesce(diff_id, ''), size_bytes FROM blobs");
        while (row.next()) {
            Blob blob{row.text(0), row.text(1), location_.root + "/blobs/"};
            std::string place = blob.digest;
            std::replace(place.begin(), place.end(), ':', '/');
            blob.path += place;
            ++found_.blobs;
            struct stat status {};
            if (::lstat(blob.path.c_str(), &status) == 0 && status.st_size == row.integer(2)) {
                blobs_.push_back(std::move(blob));
                continue;
            }
            Damage damage = describe(blob);
            damage.problem = ::access(damage.path.c_str(), F_OK) != 0
                                 ? "is not there"
                                 : fmt::format("has {} bytes instead of {}", status.st_size, row.integer(2));
            add(std::move(damage));
        }
    }

    void check_images() {
        std::map<std::string, std::vector<std::string>> layers_of;
        Query layer = database_.query(
            "SELECT i.image_id, l.diff_id FROM image_layers i JOIN layers l ON l.id = i.layer_id ORDER BY i.position");
        while (layer.next()) layers_of[layer.text(0)].push_back(layer.text(1));
        Query row = database_.query("SELECT id, config, manifest, manifest_digest, media_type FROM images");
        while (row.next()) {
            ++found_.images;
            const std::string problem = problem_of_image(row, layers_of[row.text(0)]);
            if (problem.empty()) continue;
            Damage damage{Kind::image, row.text(0), problem};
            note_image(damage, row.text(0));
            add(std::move(damage));
        }
    }

    static std::string problem_of_image(const Query& row, const std::vector<std::string>& layers) {
        try {
            if (Digest::of(row.text(1)).text() != row.text(0)) return "has a configuration that is not its own";
            if (Digest::of(row.text(2)).text() != row.text(3)) return "has a manifest that is not its own";
            const oci::ImageConfig config = oci::parse_image_config(row.text(1));
            oci::parse_manifest(row.text(2), row.text(4));
            std::vector<std::string> wanted;
            for (const Digest& diff_id : config.diff_ids) wanted.push_back(diff_id.text());
            if (wanted != layers) return "has other layers than its configuration says";
        } catch (const Error& error) {
            return "has documents that cannot be read: " + error.full_message();
        }
        return "";
    }

    void check_containers() {
        Query row = database_.query("SELECT id, name, folder FROM containers");
        while (row.next()) {
            ++found_.containers;
            const std::string folder = location_.layers() + "/" + row.text(2);
            if (::access((folder + "/diff").c_str(), F_OK) == 0) continue;
            add({Kind::container, row.text(0), "has no files any more", {"container " + row.text(1)}, {}, folder});
        }
    }

    void check_lists() {
        Query row = database_.query("SELECT name, document FROM manifest_lists");
        while (row.next()) {
            try {
                oci::parse_index(row.text(1));
            } catch (const Error& error) {
                add({Kind::list,
                     row.text(0),
                     "cannot be read: " + error.full_message(),
                     {"manifest list " + row.text(0)}});
            }
        }
        Query lost = database_.query(
            "SELECT b.name, b.digest FROM manifest_list_blobs b WHERE b.digest NOT IN (SELECT digest FROM blobs)");
        while (lost.next())
            add({Kind::list, lost.text(0), "lacks the document " + lost.text(1), {"manifest list " + lost.text(0)}});
    }

    void check_strays() {
        std::set<std::string> used;
        Query row = database_.query("SELECT folder FROM layers UNION ALL SELECT folder FROM containers");
        while (row.next()) used.insert(row.text(0));
        std::size_t count = 0;
        const auto folder = runtime::open_if_exists(location_.layers(), O_RDONLY | O_DIRECTORY);
        if (!folder) return;
        for (const runtime::FolderEntry& entry : runtime::list_folder(*folder))
            count += used.contains(entry.name) ? 0 : 1;
        if (count > 0)
            add({Kind::stray, location_.layers(), fmt::format("has {} folders that no record names", count)});
    }

    void check_stray_blobs() {
        std::set<std::string> used;
        Query row = database_.query("SELECT digest FROM blobs");
        while (row.next()) used.insert(row.text(0).substr(row.text(0).find(':') + 1));
        const std::string path = location_.root + "/blobs/sha256";
        const auto folder = runtime::open_if_exists(path, O_RDONLY | O_DIRECTORY);
        if (!folder) return;
        const auto entries = runtime::list_folder(*folder);
        const auto count = std::count_if(entries.begin(), entries.end(),
                                         [&](const runtime::FolderEntry& entry) { return !used.contains(entry.name); });
        if (count > 0) add({Kind::stray, path, fmt::format("has {} files that no record names", count)});
    }

    std::string problem_of_layer(const LayerRecord& layer) {
        try {
            DigestingSink digest;
            write_unverified_layer(layer, digest);
            const Digest found = digest.finish();
            if (found == layer.diff_id || is_of_foreign_blob(layer, found)) return "";
            return "was changed: what is there has the digest " + found.text();
        } catch (const Error& error) {
            return layer.is_there() ? "cannot be read: " + error.full_message() : "has no files any more";
        }
    }

    /// Others write the same files as another tar: then the blob says how the folder has to look.
    bool is_of_foreign_blob(const LayerRecord& layer, const Digest& found) {
        return std::any_of(blobs_.begin(), blobs_.end(), [&](const Blob& blob) {
            return blob.diff_id == layer.diff_id.text() && digest_unpacked_again(blob.path, layer, staging_) == found;
        });
    }

    static std::string problem_of_blob(const Blob& blob) {
        try {
            const Digest wanted = Digest::parse(blob.digest);
            const std::string found = digest_of_file(blob.path, wanted.algorithm());
            return found == blob.digest ? "" : "was changed: what is there has the digest " + found;
        } catch (const Error& error) {
            return "cannot be read: " + error.full_message();
        }
    }

    Database& database_;
    const StoreLocation& location_;
    StagingArea staging_{location_.staging()};
    Inspection::Findings found_;
    std::map<std::string, std::string> names_;  ///< by image, as it is shown
    std::map<std::int64_t, std::set<std::string>> images_of_;
    std::map<std::int64_t, std::set<std::string>> containers_of_;
    std::map<std::int64_t, std::int64_t> steps_of_;
    std::vector<LayerRecord> all_layers_;
    std::vector<LayerRecord> layers_;  ///< whose files are there
    std::vector<Blob> blobs_;          ///< so with these
};

}  // namespace

Inspection::Findings Inspection::find(bool reads_contents) {
    std::optional<Look> look;
    Findings found;
    {
        const auto database = database_.lock();
        look.emplace(*database, location_);
        const Alone alone(store_lock_);
        const ReadTransaction transaction(*database);
        found = look->take(static_cast<bool>(alone));
    }
    if (reads_contents) look->read_contents(found);
    return found;
}

bool Inspection::take_out(const Damage& damage) {
    const auto database = database_.lock();
    const Alone alone(store_lock_);
    if (!alone) return false;
    transactions_.remove_durably([&] { forget(*database, damage); });
    quarantine(damage.path);
    return true;
}

void Inspection::forget(Database& database, const Damage& damage) {
    if (damage.kind == Kind::layer) {
        database.query("DELETE FROM cache WHERE layer_id = ?").bind_all(damage.layer).run();
        database.query("DELETE FROM searched_layers WHERE layer_id = ?").bind_all(damage.layer).run();
    }
    if (damage.kind == Kind::blob) {
        database.query("DELETE FROM blobs WHERE digest = ?").bind_all(damage.id).run();
        database.query("DELETE FROM downloads WHERE digest = ?").bind_all(damage.id).run();
    }
}

void Inspection::quarantine(const std::string& path) const {
    if (path.empty() || ::access(path.c_str(), F_OK) != 0) return;
    const std::string folder = location_.root + "/quarantine";
    runtime::make_folders(folder, 0700);
    const std::string place = folder + "/" + random_name();
    if (::rename(path.c_str(), place.c_str()) != 0)
        throw runtime::SystemError("cannot move {} to {}", quoted(path), quoted(place));
}

bool Inspection::mend_database() {
    const auto database = database_.lock();
    database->run("REINDEX");
    return problem_of_database(*database).empty();
}

}  // namespace layers
