#include "layers/store/layers.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "layers/store/layer_rows.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

std::string read_boot_id() {
    std::string id = runtime::read_file_if_exists("/proc/sys/kernel/random/boot_id").value_or("unknown");
    id.erase(id.find_last_not_of('\n') + 1);
    return id;
}

/// The folder of a layer whose files are in its "diff".
std::string adopted_folder(const NewLayer& layer) {
    return layer.folder.substr(0, layer.folder.rfind('/'));
}

std::string last_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

void insert_layer(Database& database, const NewLayer& layer, const std::string& borrowed, const std::string& boot_id) {
    Query insert = database.query(
        "INSERT INTO layers (diff_id, folder, tar_bytes, boot_id, clamp_time, clamp_all, borrowed) VALUES (?, ?, ?, ?, "
        "?, ?, ?) ON CONFLICT (diff_id, borrowed) DO NOTHING");
    insert.bind_all(layer.diff_id.text(), last_name(adopted_folder(layer)), layer.tar_bytes, boot_id,
                    layer.times.clamp_seconds, std::int64_t{layer.times.clamp_all});
    insert.bind_bytes(7, borrowed).run();
}

/// Gives a layer whose files somebody took away those of a new one.
void give_files(Database& database, LayerRecord& record, const NewLayer& layer, const std::string& boot_id) {
    database.query("UPDATE layers SET folder = ?, boot_id = ?, clamp_time = ?, clamp_all = ? WHERE id = ?")
        .bind_all(last_name(adopted_folder(layer)), boot_id, layer.times.clamp_seconds,
                  std::int64_t{layer.times.clamp_all}, record.id)
        .run();
    record.folder = layer.folder;
    record.times = layer.times;
}

}  // namespace

Layers::Layers(GuardedDatabase& database, Transactions& transactions, Blobs& blobs, std::string layers_folder)
    : database_(database),
      transactions_(transactions),
      blobs_(blobs),
      folder_(std::move(layers_folder)),
      boot_id_(read_boot_id()) {}

Layers::~Layers() {
    const auto unrecorded = unrecorded_.lock();
    for (const std::string& folder : *unrecorded) {
        try {
            runtime::remove_tree(folder);
        } catch (const runtime::Error&) {
            // Garbage that is collected later.
        }
    }
}

std::vector<LayerRecord> Layers::find(const Digest& diff_id) {
    const auto database = database_.lock();
    Query row = database->query(select_layers(" FROM layers l WHERE l.diff_id = ? ORDER BY l.id DESC"));
    row.bind_all(diff_id.text());
    std::vector<LayerRecord> layers;
    while (row.next()) layers.push_back(read_layer(row, folder_));
    std::erase_if(layers, [](const LayerRecord& layer) { return !layer.is_there(); });
    return layers;
}

std::vector<LayerRecord> Layers::of_image(const Digest& image_id) {
    const auto database = database_.lock();
    Query row =
        database->query(select_layers(" FROM image_layers i JOIN layers l ON l.id = i.layer_id "
                                      "WHERE i.image_id = ? ORDER BY i.position"));
    row.bind_all(image_id.text());
    std::vector<LayerRecord> layers;
    while (row.next()) layers.push_back(read_layer(row, folder_));
    // Of an image that was found a moment ago: with nothing below them, its files would be other ones.
    Query image = database->query("SELECT 1 FROM images WHERE id = ?");
    image.bind_all(image_id.text());
    if (layers.empty() && !image.next())
        throw runtime::Error("another command has removed the image {} meanwhile", image_id.hex().substr(0, 12))
            .with_hint("build or pull it again");
    return layers;
}

void Layers::note_use(const LayerRecord& layer) noexcept {
    // The folder that holds the files, not theirs. Once an hour is enough: a build that is all cached writes nothing.
    constexpr std::int64_t often_seconds = 60 * 60;
    const std::string folder = layer.folder.substr(0, layer.folder.rfind('/'));
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0 || ::time(nullptr) - status.st_mtim.tv_sec < often_seconds) return;
    ::utimensat(AT_FDCWD, folder.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

std::string Layers::adopt(StagedLayer& staged) {
    runtime::make_folders(folder_, 0700);
    const std::string target = folder_ + "/" + random_name();
    if (::rename(staged.path().c_str(), target.c_str()) != 0)
        throw runtime::SystemError("cannot move a layer to {}", runtime::quoted(target));
    staged.release();
    const auto unrecorded = unrecorded_.lock();
    unrecorded->insert(target);
    return target + "/diff";
}

LayerRecord Layers::record(const NewLayer& layer) {
    const std::string borrowed = packed_borrowed(layer.borrowed);
    const auto database = database_.lock();
    insert_layer(*database, layer, borrowed, boot_id_);
    Query row = database->query(select_layers(" FROM layers l WHERE l.diff_id = ? AND l.borrowed = ?"));
    row.bind(1, layer.diff_id.text()).bind_bytes(2, borrowed).next();
    LayerRecord record = read_layer(row, folder_);
    if (record.folder != layer.folder && !record.is_there()) give_files(*database, record, layer, boot_id_);
    if (record.folder == layer.folder) {
        const auto unrecorded = unrecorded_.lock();
        unrecorded->erase(adopted_folder(layer));
    }
    return record;
}

LayerRecord Layers::record(const NewLayer& layer, const std::string& staged_blob, const BlobRecord& blob) {
    std::optional<LayerRecord> made;
    blobs_.add(staged_blob, blob, [&] { made = record(layer); });
    return *std::move(made);
}

void Layers::forget_unflushed() {
    const auto database = database_.lock();
    Query suspects = database->query("SELECT count(*) FROM layers WHERE boot_id IS NOT NULL AND boot_id <> ?");
    suspects.bind_all(boot_id_);
    if (!suspects.next() || suspects.integer(0) == 0 || database->is_read_only()) return;
    suspects.reset();
    // No image refers to them: an image is recorded after its layers were flushed.
    transactions_.remove_durably([&] {
        database
            ->query(
                "DELETE FROM layers WHERE boot_id IS NOT NULL AND boot_id <> ? AND id NOT IN (SELECT layer_id FROM "
                "container_layers)")
            .bind_all(boot_id_)
            .run();
    });
}

}  // namespace layers
