#include "layers/store/store.hpp"

#include <dirent.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <stdexcept>

#include "layers/store/store_folders.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/pack.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/selinux.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using runtime::quoted;
using runtime::SystemError;

std::string read_boot_id() {
    std::string id = runtime::read_file_if_exists("/proc/sys/kernel/random/boot_id").value_or("unknown");
    id.erase(id.find_last_not_of('\n') + 1);
    return id;
}

/// The folders of a store, made where they are missing, and the lock that says that it is in use.
runtime::FileLock lock_store(const StoreLocation& location) {
    try {
        prepare_store_folders(location);
        runtime::FileLock lock(location.root + "/lock");
        lock.lock(runtime::FileLock::Kind::shared);
        return lock;
    } catch (runtime::Error& error) {
        error.add_context("cannot use the store {}", quoted(location.root));
        error.with_hint("name a folder that you can write with --root, or run as root");
        throw;
    }
}

constexpr std::array format_names = {"root", "user ranges", "owners aside"};

/// Who has a store of that format, for messages.
std::string users_of_format(const std::string& name) {
    if (name == "root") return "root";
    return name == "user ranges" ? "a user with ranges of IDs" : "a user with a single ID";
}

}  // namespace

Store::Store(StoreLocation location, StoreFormat format)
    : location_(std::move(location)),
      boot_id_(read_boot_id()),
      lock_(lock_store(location_)),
      ballast_(location_.root + "/ballast"),
      database_(Database::open(location_.root + "/store.db")),
      mutex_(database_.mutex()),
      staging_(location_.root + "/staging") {
    StagingArea::sweep(location_.root + "/staging");
    settle_format(format);
    distrust_unflushed_layers();
    if (runtime::has_selinux())
        for (const char* folder : {"/layers", "/staging"}) {
            runtime::make_folders(location_.root + folder, 0700);
            runtime::label_for_reading(location_.root + folder);
        }
}

void Store::settle_format(StoreFormat format) {
    const std::string wanted = format_names.at(static_cast<std::size_t>(format));
    const auto read = [this] {
        Query row = database_.query("SELECT value FROM properties WHERE name = 'format'");
        return row.next() ? row.text(0) : "";
    };
    if (std::string noted = read(); noted != wanted) {
        if (noted.empty()) {
            database_.query("INSERT OR IGNORE INTO properties(name, value) VALUES ('format', ?)")
                .bind_all(wanted)
                .run();
            noted = read();
        }
        if (noted != wanted)
            throw runtime::Error("the store {} was made by {}; here it would be used by {}", quoted(location_.root),
                                 users_of_format(noted), users_of_format(wanted))
                .with_hint("name another store with --root, or use this one as it was made");
    }
    overlay::set_store_marks(format == StoreFormat::root ? overlay::MarkNamespace::trusted
                                                         : overlay::MarkNamespace::user);
    runtime::keep_owners_aside(format == StoreFormat::owners_aside);
}

overlay::Driver Store::driver() {
    std::call_once(driver_once_, [this] { location_.driver = find_driver(); });
    return *location_.driver;
}

overlay::Driver Store::find_driver() {
    if (location_.driver) return *location_.driver;
    const std::string works = location_.runroot + "/overlayfs-works";
    if (::access(works.c_str(), F_OK) == 0) return overlay::Driver::overlayfs;
    const std::string trial = staging_.new_path();
    runtime::make_folders(trial, 0700);
    refusal_of_overlayfs_ = overlay::refusal_of_overlayfs(trial, overlay::has_user_marks());
    if (!refusal_of_overlayfs_.empty()) return overlay::Driver::copies;
    runtime::open_path(works, O_WRONLY | O_CREAT, 0600);
    return overlay::Driver::overlayfs;
}

Store::~Store() {
    for (const std::string& folder : unrecorded_) {
        try {
            runtime::remove_tree(folder);
        } catch (const runtime::Error&) {
            // Garbage that collect_garbage() finds later.
        }
    }
}

void Store::distrust_unflushed_layers() {
    Query suspects = database_.query("SELECT count(*) FROM layers WHERE boot_id IS NOT NULL AND boot_id <> ?");
    suspects.bind_all(boot_id_);
    if (!suspects.next() || suspects.integer(0) == 0 || database_.is_read_only()) return;
    suspects.reset();
    // No image refers to them: an image is recorded after its layers were flushed. A container may: what it wrote is
    // all that there is of it, flushed or not.
    in_durable_transaction([this] {
        database_
            .query(
                "DELETE FROM layers WHERE boot_id IS NOT NULL AND boot_id <> ? AND id NOT IN (SELECT layer_id FROM "
                "container_layers)")
            .bind_all(boot_id_)
            .run();
    });
}

namespace {

/// As `borrowed` is kept. Layers of older stores have one zero byte there: nobody knows.
std::string packed(std::vector<BorrowedFolder> borrowed) {
    if (borrowed.empty()) return "";
    runtime::Packer packer;
    packer(borrowed);
    return packer.bytes();
}

std::vector<BorrowedFolder> unpacked(const std::string& bytes) {
    if (bytes.empty()) return {};
    if (bytes.size() == 1) return {{"?", ~std::uint32_t{0}}};  // which no folder looks like
    std::vector<BorrowedFolder> borrowed;
    runtime::Unpacker{bytes}(borrowed);
    return borrowed;
}

}  // namespace

LayerRecord Store::read_layer(Query& row) const {
    LayerRecord record{row.integer(0),
                       Digest::parse(row.text(1)),
                       location_.root + "/layers/" + row.text(2) + "/diff",
                       row.integer(3),
                       {},
                       unpacked(row.text(6))};
    if (!row.is_null(4)) record.times.clamp_seconds = row.integer(4);
    record.times.clamp_all = row.integer(5) != 0;
    return record;
}

std::vector<LayerRecord> Store::find_layers(const Digest& diff_id) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(
        "SELECT id, diff_id, folder, tar_bytes, clamp_time, clamp_all, borrowed FROM layers WHERE diff_id = ? ORDER BY "
        "id DESC");
    row.bind_all(diff_id.text());
    std::vector<LayerRecord> layers;
    while (row.next()) layers.push_back(read_layer(row));
    std::erase_if(layers, [](const LayerRecord& layer) { return !layer.is_there(); });
    return layers;
}

std::string Store::adopt_layer(StagedLayer& staged) {
    runtime::make_folders(location_.root + "/layers", 0700);
    const std::string target = location_.root + "/layers/" + random_name();
    if (::rename(staged.path().c_str(), target.c_str()) != 0)
        throw SystemError("cannot move a layer to {}", quoted(target));
    staged.release();
    const std::lock_guard lock(mutex_);
    unrecorded_.insert(target);
    return target + "/diff";
}

LayerRecord Store::record_layer(const NewLayer& layer) {
    const std::string adopted = layer.folder.substr(0, layer.folder.rfind('/'));
    const std::string borrowed = packed(layer.borrowed);
    const std::lock_guard lock(mutex_);
    Query insert = database_.query(
        "INSERT INTO layers (diff_id, folder, tar_bytes, boot_id, clamp_time, clamp_all, borrowed) VALUES (?, ?, ?, ?, "
        "?, ?, ?) ON CONFLICT (diff_id, borrowed) DO NOTHING");
    insert.bind_all(layer.diff_id.text(), adopted.substr(adopted.rfind('/') + 1), layer.tar_bytes, boot_id_,
                    layer.times.clamp_seconds, std::int64_t{layer.times.clamp_all});
    insert.bind_bytes(7, borrowed).run();
    Query row = database_.query(
        "SELECT id, diff_id, folder, tar_bytes, clamp_time, clamp_all, borrowed FROM layers WHERE diff_id = ? AND "
        "borrowed = ?");
    row.bind(1, layer.diff_id.text()).bind_bytes(2, borrowed).next();
    LayerRecord record = read_layer(row);
    if (record.folder != layer.folder && !record.is_there()) {
        // Somebody took its files away: here they are again.
        database_.query("UPDATE layers SET folder = ?, boot_id = ?, clamp_time = ?, clamp_all = ? WHERE id = ?")
            .bind_all(adopted.substr(adopted.rfind('/') + 1), boot_id_, layer.times.clamp_seconds,
                      std::int64_t{layer.times.clamp_all}, record.id)
            .run();
        record.folder = layer.folder;
        record.times = layer.times;
    }
    if (record.folder == layer.folder) unrecorded_.erase(adopted);
    return record;
}

LayerRecord Store::record_layer(const NewLayer& layer, const std::string& staged_blob, const BlobRecord& blob) {
    put_blob_in_place(staged_blob, blob);
    std::optional<LayerRecord> record;
    in_transaction([&] {
        insert_blob(blob);
        record = record_layer(layer);
    });
    return *std::move(record);
}

std::vector<LayerRecord> Store::layers_of_image(const Digest& image_id) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(
        "SELECT l.id, l.diff_id, l.folder, l.tar_bytes, l.clamp_time, l.clamp_all, l.borrowed FROM image_layers i JOIN "
        "layers l ON "
        "l.id = i.layer_id "
        "WHERE i.image_id = ? ORDER BY i.position");
    row.bind_all(image_id.text());
    std::vector<LayerRecord> layers;
    while (row.next()) layers.push_back(read_layer(row));
    return layers;
}

void Store::in_transaction(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    if (transaction_depth_ > 0) return change();
    Transaction transaction(database_);
    struct Depth {
        unsigned& depth;
        ~Depth() { --depth; }
    } const depth{++transaction_depth_};
    change();
    transaction.commit();
}

void Store::change_durably(const std::function<void()>& change) {
    struct Rule {
        Database& database;
        explicit Rule(Database& of) : database(of) { database.run("PRAGMA synchronous = FULL"); }
        ~Rule() {
            try {
                database.run("PRAGMA synchronous = NORMAL");
            } catch (const runtime::Error&) {
                // Then all that follows is durable, too: slower, and not wrong.
            }
        }
    } const rule{database_};
    in_transaction(change);
}

void Store::in_durable_transaction(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    if (transaction_depth_ > 0) throw std::logic_error("a durable transaction within another one");
    with_room([&] { change_durably(change); });
}

void Store::with_room(const std::function<void()>& work) {
    const std::lock_guard lock(mutex_);
    if (transaction_depth_ > 0) return work();  // as a whole, or not at all
    try {
        return work();
    } catch (const DiskFull&) {
        if (!ballast_.drop()) throw;
    } catch (const SystemError& error) {
        if ((error.number() != ENOSPC && error.number() != EDQUOT) || !ballast_.drop()) throw;
    }
    work();
}

void Store::where_possible(const char* what, const std::function<void()>& change) {
    try {
        in_transaction(change);
    } catch (const runtime::Error& error) {
        runtime::log_debug("cannot note {}: {}", what, error.full_message());
    }
}

runtime::FileLock Store::open_lock(const std::string& name) const {
    runtime::make_folders(location_.root + "/locks", 0700);
    return runtime::FileLock(lock_path(name));
}

void Store::remove_lock(const std::string& name) const noexcept {
    ::unlink(lock_path(name).c_str());
}

Store::Summary Store::summary() {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(
        "SELECT (SELECT count(*) FROM images), (SELECT count(*) FROM layers), (SELECT coalesce(sum(tar_bytes), 0) FROM "
        "layers), "
        "(SELECT count(*) FROM cache), (SELECT count(*) FROM blobs), (SELECT coalesce(sum(size_bytes), 0) FROM blobs)");
    row.next();
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5)};
}

}  // namespace layers
