#include "layers/store/containers.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "layers/store/layer_rows.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::quoted;
using runtime::SystemError;

std::string select_containers(std::string_view rest) {
    return fmt::format(
        "SELECT number, id, name, image_id, image_name, folder, state, created_at, "
        "EXISTS (SELECT 1 FROM container_layers l WHERE l.container = number) FROM containers {}",
        rest);
}

/// Most were never committed, and there is nothing more to read of them.
bool has_own_layers(const Query& row) {
    return row.integer(8) != 0;
}

std::string new_container_id() {
    return random_name() + random_name() + random_name() + random_name();
}

std::string last_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// The wanted name, or the first numbered one that nobody has.
std::string free_name(Database& database, const NewContainer& container) {
    Query taken = database.query("SELECT id FROM containers WHERE name = ?");
    std::string name = container.name;
    for (unsigned number = 1;; ++number) {
        taken.bind_all(name);
        if (!taken.next()) return name;
        if (!container.may_be_numbered)
            throw Error("the name {} is taken by the container {}", quoted(name), taken.text(0).substr(0, 12))
                .with_hint("choose another --name, or remove that container with builder rm");
        taken.reset();
        name = fmt::format("{}-{}", container.name, number);
    }
}

}  // namespace

ContainerRecord Containers::read(Database& database, const Query& row) const {
    ContainerRecord container;
    container.number = row.integer(0);
    container.id = row.text(1);
    container.name = row.text(2);
    if (!row.is_null(3)) container.image_id = Digest::parse(row.text(3));
    container.image_name = row.text(4);
    container.folder = folder_ + "/" + row.text(5);
    container.state = row.text(6);
    container.created_at = row.integer(7);
    if (!has_own_layers(row)) return container;
    Query layer = database.query(
        select_layers(" FROM container_layers c JOIN layers l ON l.id = c.layer_id WHERE c.container = ? "
                      "ORDER BY c.position"));
    layer.bind_all(container.number);
    while (layer.next()) container.layers.push_back(read_layer(layer, folder_));
    return container;
}

std::vector<ContainerRecord> Containers::read_all(Database& database, Query& row) const {
    std::vector<ContainerRecord> containers;
    while (row.next()) containers.push_back(read(database, row));
    return containers;
}

ContainerRecord Containers::require(const std::string& id) {
    std::vector<ContainerRecord> found = find_by_prefix(id);
    if (found.size() != 1) throw Error("the container {} is gone", quoted(id.substr(0, 12)));
    return std::move(found.front());
}

/// A folder for what a container writes. It lies where layers lie, so that it can become one without being moved; no
/// collection of garbage meets it before its row is there, because that needs the store for itself.
std::string Containers::new_folder() const {
    const std::string name = random_name();
    const std::string path = folder_ + "/" + name;
    runtime::make_folders(folder_, 0700);
    if (::mkdir(path.c_str(), 0700) != 0 || ::mkdir((path + "/diff").c_str(), 0755) != 0)
        throw SystemError("cannot make the folder {}", quoted(path));
    return name;
}

ContainerRecord Containers::add(const NewContainer& container) {
    const auto database = database_.lock();
    const std::string folder = new_folder();
    const std::string id = new_container_id();
    try {
        transactions_.run([&] {
            const std::string name = free_name(*database, container);
            const auto image = container.image_id ? std::optional(container.image_id->text()) : std::nullopt;
            Query insert = database->query(
                "INSERT INTO containers (id, name, image_id, image_name, folder, state, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)");
            insert.bind(1, id).bind(2, name).bind(3, image).bind(4, container.image_name).bind(5, folder);
            insert.bind_bytes(6, container.state).bind(7, std::int64_t{::time(nullptr)}).run();
        });
    } catch (const Error&) {
        runtime::remove_tree(folder_ + "/" + folder);
        throw;
    }
    return find_by_prefix(id).at(0);
}

std::optional<ContainerRecord> Containers::find_by_name(const std::string& name) {
    const auto database = database_.lock();
    Query row = database->query(select_containers("WHERE name = ?"));
    row.bind_all(name);
    if (!row.next()) return std::nullopt;
    return read(*database, row);
}

std::vector<ContainerRecord> Containers::find_by_prefix(const std::string& hex) {
    const auto database = database_.lock();
    Query row = database->query(select_containers("WHERE id >= ? AND id < ? ORDER BY number"));
    // 'g' comes after every hex digit.
    row.bind_all(hex, hex + "g");
    return read_all(*database, row);
}

std::vector<ContainerRecord> Containers::list() {
    const auto database = database_.lock();
    Query row = database->query(select_containers("ORDER BY number"));
    return read_all(*database, row);
}

std::vector<std::string> Containers::of_image(const Digest& image_id) {
    const auto database = database_.lock();
    Query row = database->query("SELECT id FROM containers WHERE image_id = ? ORDER BY number");
    row.bind_all(image_id.text());
    std::vector<std::string> ids;
    while (row.next()) ids.push_back(row.text(0));
    return ids;
}

ContainerRecord Containers::change(const std::string& id, const std::function<void(ContainerRecord&)>& edit) {
    const auto database = database_.lock();
    ContainerRecord container;
    transactions_.run([&] {
        container = require(id);
        const std::string name = container.name;
        edit(container);
        if (container.name != name) free_name(*database, {container.name, false, {}, {}, {}});
        Query update = database->query("UPDATE containers SET name = ?, state = ? WHERE number = ?");
        update.bind(1, container.name).bind_bytes(2, container.state).bind(3, container.number).run();
    });
    return container;
}

LayerRecord Containers::seal(const std::string& id, const std::string& files, const Digest& diff_id,
                             std::int64_t tar_bytes, const TimeRule& times) {
    const auto database = database_.lock();
    const std::string fresh = new_folder();
    std::optional<LayerRecord> layer;
    std::string before;
    transactions_.remove_durably([&] {
        const ContainerRecord container = require(id);
        before = container.folder;
        database->query("UPDATE containers SET folder = ? WHERE id = ?").bind_all(fresh, id).run();
        layer = layers_.record({files, diff_id, tar_bytes, times});
        database->query("DELETE FROM container_layers WHERE container = ?").bind_all(container.number).run();
        database->query("INSERT INTO container_layers VALUES (?, 0, ?)").bind_all(container.number, layer->id).run();
    });
    // The same content was a layer already, or the content went into another folder.
    if (layer->folder != before + "/diff") runtime::remove_tree(before);
    return *std::move(layer);
}

void Containers::remove(const ContainerRecord& container) {
    const auto database = database_.lock();
    std::string folder;
    transactions_.remove_durably([&] {
        Query row = database->query("DELETE FROM containers WHERE number = ? RETURNING folder");
        row.bind_all(container.number);
        if (row.next()) folder = row.text(0);
        while (row.next()) continue;
    });
    if (folder.empty()) return;
    runtime::remove_tree(folder_ + "/" + last_name(folder));
    ballast_.fill();
}

}  // namespace layers
