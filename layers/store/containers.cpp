// The working containers of the store.
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "layers/store/store.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace layers {
namespace {

using runtime::Error;
using runtime::quoted;
using runtime::SystemError;

constexpr const char* container_columns =
    "SELECT number, id, name, image_id, image_name, folder, state, created_at, "
    "EXISTS (SELECT 1 FROM container_layers l WHERE l.container = number) FROM containers ";

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

}  // namespace

ContainerRecord Store::read_container(Query& row) {
    ContainerRecord container;
    container.number = row.integer(0);
    container.id = row.text(1);
    container.name = row.text(2);
    if (!row.is_null(3)) container.image_id = Digest::parse(row.text(3));
    container.image_name = row.text(4);
    container.folder = location_.root + "/layers/" + row.text(5);
    container.state = row.text(6);
    container.created_at = row.integer(7);
    if (!has_own_layers(row)) return container;
    Query layer = database_.query(
        "SELECT l.id, l.diff_id, l.folder, l.tar_bytes, l.clamp_time, l.clamp_all, l.borrowed FROM container_layers c "
        "JOIN layers "
        "l ON l.id = c.layer_id WHERE c.container = ? ORDER BY c.position");
    layer.bind_all(container.number);
    while (layer.next()) container.layers.push_back(read_layer(layer));
    return container;
}

std::vector<ContainerRecord> Store::read_containers(Query& row) {
    std::vector<ContainerRecord> containers;
    while (row.next()) containers.push_back(read_container(row));
    return containers;
}

std::string Store::free_container_name(const NewContainer& container) {
    Query taken = database_.query("SELECT id FROM containers WHERE name = ?");
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

/// A folder for what a container writes. It lies where layers lie, so that it can become one without being moved; no
/// collection of garbage meets it before its row is there, because that needs the store for itself.
std::string Store::new_container_folder() {
    const std::string name = random_name();
    const std::string path = location_.root + "/layers/" + name;
    runtime::make_folders(location_.root + "/layers", 0700);
    if (::mkdir(path.c_str(), 0700) != 0 || ::mkdir((path + "/diff").c_str(), 0755) != 0)
        throw SystemError("cannot make the folder {}", quoted(path));
    return name;
}

ContainerRecord Store::add_container(const NewContainer& container) {
    const std::lock_guard lock(mutex_);
    const std::string folder = new_container_folder();
    const std::string id = new_container_id();
    try {
        in_transaction([&] {
            const std::string name = free_container_name(container);
            const auto image = container.image_id ? std::optional(container.image_id->text()) : std::nullopt;
            Query insert = database_.query(
                "INSERT INTO containers (id, name, image_id, image_name, folder, state, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)");
            insert.bind(1, id).bind(2, name).bind(3, image).bind(4, container.image_name).bind(5, folder);
            insert.bind_bytes(6, container.state).bind(7, std::int64_t{::time(nullptr)}).run();
        });
    } catch (const Error&) {
        runtime::remove_tree(location_.root + "/layers/" + folder);
        throw;
    }
    return find_containers_by_prefix(id).at(0);
}

std::optional<ContainerRecord> Store::find_container_by_name(const std::string& name) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(fmt::format("{}WHERE name = ?", container_columns));
    row.bind_all(name);
    if (!row.next()) return std::nullopt;
    return read_container(row);
}

std::vector<ContainerRecord> Store::find_containers_by_prefix(const std::string& hex) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(fmt::format("{}WHERE id >= ? AND id < ? ORDER BY number", container_columns));
    // 'g' comes after every hex digit.
    row.bind_all(hex, hex + "g");
    return read_containers(row);
}

std::vector<ContainerRecord> Store::list_containers() {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(fmt::format("{}ORDER BY number", container_columns));
    return read_containers(row);
}

std::vector<std::string> Store::containers_of_image(const Digest& image_id) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT id FROM containers WHERE image_id = ? ORDER BY number");
    row.bind_all(image_id.text());
    std::vector<std::string> ids;
    while (row.next()) ids.push_back(row.text(0));
    return ids;
}

ContainerRecord Store::change_container(const std::string& id, const std::function<void(ContainerRecord&)>& change) {
    const std::lock_guard lock(mutex_);
    ContainerRecord container;
    in_transaction([&] {
        std::vector<ContainerRecord> found = find_containers_by_prefix(id);
        if (found.size() != 1) throw Error("the container {} is gone", quoted(id.substr(0, 12)));
        container = std::move(found.front());
        const std::string name = container.name;
        change(container);
        if (container.name != name) free_container_name({container.name, false, {}, {}, {}});
        Query update = database_.query("UPDATE containers SET name = ?, state = ? WHERE number = ?");
        update.bind(1, container.name).bind_bytes(2, container.state).bind(3, container.number).run();
    });
    return container;
}

LayerRecord Store::seal_container(const std::string& id, const std::string& folder, const Digest& diff_id,
                                  std::int64_t tar_bytes, const TimeRule& times) {
    const std::lock_guard lock(mutex_);
    const std::string fresh = new_container_folder();
    std::optional<LayerRecord> layer;
    std::string before;
    in_durable_transaction([&] {
        const std::vector<ContainerRecord> found = find_containers_by_prefix(id);
        if (found.size() != 1) throw Error("the container {} is gone", quoted(id.substr(0, 12)));
        before = found.front().folder;
        database_.query("UPDATE containers SET folder = ? WHERE id = ?").bind_all(fresh, id).run();
        layer = record_layer({folder, diff_id, tar_bytes, times});
        database_.query("DELETE FROM container_layers WHERE container = ?").bind_all(found.front().number).run();
        database_.query("INSERT INTO container_layers VALUES (?, 0, ?)")
            .bind_all(found.front().number, layer->id)
            .run();
    });
    // The same content was a layer already, or the content went into another folder.
    if (layer->folder != before + "/diff") runtime::remove_tree(before);
    return *std::move(layer);
}

void Store::remove_container(const ContainerRecord& container) {
    const std::lock_guard lock(mutex_);
    std::string folder;
    in_durable_transaction([&] {
        Query row = database_.query("DELETE FROM containers WHERE number = ? RETURNING folder");
        row.bind_all(container.number);
        if (row.next()) folder = row.text(0);
        while (row.next()) continue;
    });
    if (folder.empty()) return;
    runtime::remove_tree(location_.root + "/layers/" + last_name(folder));
    ballast_.fill();
}

}  // namespace layers
