#include "layers/store/images.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>
#include <map>

#include "layers/store/names.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace layers {
namespace {

std::string select_images(std::string_view rest) {
    return fmt::format(
        "SELECT id, config, manifest, manifest_digest, media_type, created, size_bytes, added_at FROM images {}", rest);
}

ImageRecord read_image_row(const Query& row) {
    return {Digest::parse(row.text(0)),
            row.text(1),
            row.text(2),
            Digest::parse(row.text(3)),
            row.text(4),
            row.text(5),
            row.integer(6),
            row.integer(7),
            {}};
}

/// Orders what comes within one second, too.
std::int64_t nanoseconds_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::vector<std::string> names_of(Database& database, const Digest& image_id) {
    Query row = database.query("SELECT name FROM names WHERE image_id = ? ORDER BY added_at DESC, name");
    row.bind_all(image_id.text());
    std::vector<std::string> names;
    while (row.next()) names.push_back(row.text(0));
    return names;
}

ImageRecord read_image(Database& database, const Query& row) {
    ImageRecord image = read_image_row(row);
    image.names = names_of(database, image.id);
    return image;
}

bool has_unflushed(Database& database, const std::vector<LayerRecord>& layers) {
    Query unflushed = database.query("SELECT 1 FROM layers WHERE id = ? AND boot_id IS NOT NULL");
    for (const LayerRecord& layer : layers) {
        unflushed.bind_all(layer.id);
        if (unflushed.next()) return true;
        unflushed.reset();
    }
    return false;
}

/// One row of `images` and those that tie layers to it.
void insert_image(Database& database, const Digest& id, const NewImage& image, std::int64_t now) {
    std::int64_t size_bytes = 0;
    for (const LayerRecord& layer : image.layers) {
        database.query("UPDATE layers SET boot_id = NULL WHERE id = ?").bind_all(layer.id).run();
        if (database.changed_rows() == 0)
            throw runtime::Error("the layer {} of a new image is not in the store", layer.diff_id.text());
        size_bytes += layer.tar_bytes;
    }
    const std::string on_conflict =
        image.is_foreign ? "NOTHING"
                         : "UPDATE SET manifest = excluded.manifest, manifest_digest = excluded.manifest_digest, "
                           "media_type = excluded.media_type";
    Query insert =
        database.query("INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO " + on_conflict);
    insert.bind(1, id.text()).bind_bytes(2, image.config).bind_bytes(3, image.manifest);
    insert.bind(4, Digest::of(image.manifest).text()).bind(5, image.media_type).bind(6, image.created);
    insert.bind(7, size_bytes).bind(8, now).run();
    std::int64_t position = 0;
    Query link = database.query("INSERT OR IGNORE INTO image_layers VALUES (?, ?, ?)");
    for (const LayerRecord& layer : image.layers) link.bind_all(id.text(), position++, layer.id).run();
}

/// An image that is here already gets another manifest: names that had the old one keep it.
void keep_manifest_of_names(Database& database, const Digest& id, const NewImage& image) {
    Query keep = database.query(
        "UPDATE names SET manifest = i.manifest, media_type = i.media_type FROM images i "
        "WHERE i.id = names.image_id AND i.id = ? AND names.manifest IS NULL AND i.manifest_digest <> ?");
    keep.bind_all(id.text(), Digest::of(image.manifest).text());
    keep.run();
}

}  // namespace

void Images::flush(const std::vector<LayerRecord>& layers) {
    {
        const auto database = database_.lock();
        if (!has_unflushed(*database, layers)) return;
    }
    // One flush for all layers of the image: a flush a file would cost far more. Nobody waits for it but this thread.
    const runtime::Fd root = runtime::open_path(root_, O_RDONLY | O_DIRECTORY);
    if (::syncfs(root.get()) != 0) throw runtime::SystemError("cannot flush the store to the disk");
}

ImageRecord Images::put(const NewImage& image) {
    const Digest id = Digest::of(image.config);
    flush(image.layers);
    const auto database = database_.lock();
    transactions_.run_durably([&] {
        if (!image.is_foreign) keep_manifest_of_names(*database, id, image);
        insert_image(*database, id, image, nanoseconds_now());
        for (const std::string& name : image.names) add_name(id, name);
    });
    ImageRecord record = find(id).value();
    record.manifest = image.manifest;
    record.manifest_digest = Digest::of(image.manifest);
    record.media_type = image.media_type;
    return record;
}

std::optional<ImageRecord> Images::find(const Digest& id) {
    const auto database = database_.lock();
    Query row = database->query(select_images("WHERE id = ?"));
    row.bind_all(id.text());
    if (!row.next()) return std::nullopt;
    return read_image(*database, row);
}

std::optional<ImageRecord> Images::find_by_name(const std::string& canonical_name) {
    const auto database = database_.lock();
    Query row = database->query("SELECT image_id, manifest, media_type FROM names WHERE name = ?");
    row.bind_all(canonical_name);
    if (!row.next()) return std::nullopt;
    auto image = find(Digest::parse(row.text(0)));
    if (!image || row.is_null(1)) return image;
    image->manifest = row.text(1);
    image->manifest_digest = Digest::of(image->manifest);
    image->media_type = row.text(2);
    return image;
}

std::vector<ImageRecord> Images::find_by_prefix(const std::string& hex) {
    const auto database = database_.lock();
    const std::string prefix = "sha256:" + hex;
    Query row = database->query(select_images("WHERE id >= ? AND id < ? ORDER BY id"));
    // 'g' comes after every hex digit.
    row.bind_all(prefix, prefix + "g");
    std::vector<ImageRecord> images;
    while (row.next()) images.push_back(read_image(*database, row));
    return images;
}

std::vector<ImageRecord> Images::list() {
    const auto database = database_.lock();
    // One look at all names, instead of one for each image.
    std::map<std::string, std::vector<std::string>> names;
    Query name = database->query("SELECT image_id, name FROM names ORDER BY added_at DESC, name");
    while (name.next()) names[name.text(0)].push_back(name.text(1));
    Query row = database->query(select_images("ORDER BY added_at DESC, id"));
    std::vector<ImageRecord> images;
    while (row.next()) {
        images.push_back(read_image_row(row));
        if (const auto known = names.find(images.back().id.text()); known != names.end())
            images.back().names = std::move(known->second);
    }
    return images;
}

void Images::add_name(const Digest& image_id, const std::string& canonical_name) {
    const auto database = database_.lock();
    transactions_.run([&] {
        database->query("INSERT OR REPLACE INTO names (name, image_id, added_at) VALUES (?, ?, ?)")
            .bind_all(canonical_name, image_id.text(), nanoseconds_now())
            .run();
        take_name_from_list(*database, canonical_name);
    });
}

void Images::add_name(const ImageRecord& image, const std::string& canonical_name) {
    const auto database = database_.lock();
    transactions_.run([&] {
        add_name(image.id, canonical_name);
        Query update = database->query(
            "UPDATE names SET manifest = ?, media_type = ? WHERE name = ? AND NOT EXISTS (SELECT 1 FROM images WHERE "
            "id = ? AND manifest_digest = ?)");
        update.bind_bytes(1, image.manifest).bind(2, image.media_type).bind(3, canonical_name);
        update.bind(4, image.id.text()).bind(5, image.manifest_digest.text()).run();
    });
}

bool Images::remove_name(const std::string& canonical_name) {
    const auto database = database_.lock();
    bool was_there = false;
    transactions_.with_room([&] { was_there = take_name_from_image(*database, canonical_name); });
    return was_there;
}

std::vector<std::string> Images::list_names() {
    const auto database = database_.lock();
    Query row = database->query("SELECT name FROM names ORDER BY name");
    std::vector<std::string> names;
    while (row.next()) names.push_back(row.text(0));
    return names;
}

std::multimap<std::string, std::string> Images::manifests_of_names() {
    const auto database = database_.lock();
    Query row = database->query("SELECT image_id, manifest FROM names WHERE manifest IS NOT NULL");
    std::multimap<std::string, std::string> manifests;
    while (row.next()) manifests.emplace(row.text(0), row.text(1));
    return manifests;
}

void Images::remove(const Digest& id) {
    const auto database = database_.lock();
    transactions_.with_room([&] { database->query("DELETE FROM images WHERE id = ?").bind_all(id.text()).run(); });
}

}  // namespace layers
