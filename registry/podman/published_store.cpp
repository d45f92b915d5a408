#include "registry/podman/published_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <future>

#include "registry/podman/published_files.hpp"
#include "registry/podman/sole_access.hpp"
#include "registry/transport/containers_storage.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/worker_pool.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace registry {
namespace {

using nlohmann::json;

constexpr std::size_t table_limit_bytes = 256U << 20;
constexpr mode_t folder_mode = 0700;
constexpr unsigned splitting_threads = 4;

const char* const images_table = "/overlay-images/images.json";
const char* const layers_table = "/overlay-layers/layers.json";
const char* const entry_file = "entry.json";
const char* const boot_file = "/boot";

/// Most keys say it.
std::string digest_of(const std::string& key, const std::string& content, const PublishedImage& image) {
    constexpr std::string_view of_manifest = "manifest-";
    if (key == "manifest") return image.digest;
    if (key.starts_with(of_manifest)) return key.substr(of_manifest.size());
    return key.starts_with("sha256:") ? key : layers::Digest::of(content).text();
}

}  // namespace

bool PublishedStore::is_there() const noexcept {
    return ::access(folder_.c_str(), F_OK) == 0;
}

void PublishedStore::make() const {
    for (const char* name : {"/overlay/l", "/overlay-images", "/overlay-layers", "/tar-split"})
        runtime::make_folders(folder_ + name, folder_mode);
    for (const char* name : {"/overlay-images/images.lock", "/overlay-layers/layers.lock"})
        runtime::open_path(folder_ + name, O_RDWR | O_CREAT, 0600);
    for (const char* name : {layers_table, images_table})
        if (::access((folder_ + name).c_str(), F_OK) != 0) runtime::replace_file(folder_ + name, "[]", 0600);
}

runtime::FileLock PublishedStore::lock() const {
    runtime::FileLock lock(folder_ + "/lock");
    lock.lock(runtime::FileLock::Kind::exclusive);
    return lock;
}

/// Small files are not flushed: where the machine went down since, all are looked at once more.
bool PublishedStore::was_made_in_this_boot() const {
    return runtime::read_file_if_exists(folder_ + boot_file) == boot_id();
}

PublishedStore::Shown PublishedStore::show(const std::vector<PublishedLayer>& layers,
                                           const std::vector<PublishedImage>& images,
                                           const TarSplitMaker& make_tar_split) {
    Shown shown;
    make();
    Table table = read_table(Kind::layer);
    const bool looks_at_all = !was_made_in_this_boot();
    std::vector<const PublishedLayer*> fresh;
    for (const PublishedLayer& layer : layers) {
        json& known = table[layer.id];
        const bool is_known = !known.is_null() && !looks_at_all && has_files(layer);
        if (is_known) continue;
        known = json::parse(published_layer_json(layer));
        fresh.push_back(&layer);
    }
    make_tar_splits(fresh, make_tar_split, shown);
    for (const PublishedLayer* layer : fresh) make_layer(*layer);
    Table entries = read_table(Kind::image);
    for (auto& [id, entry] : entries) entry.erase("names");
    for (const PublishedImage& image : images) {
        json entry = entry_of(image);
        json& known = entries[image.id];
        if (looks_at_all || !known.is_object() || known.value("big-data-names", json()) != entry["big-data-names"])
            make_image(image, entry);
        known = std::move(entry);
    }
    write_table(Kind::layer, table);
    write_table(Kind::image, entries);
    if (looks_at_all) runtime::replace_file(folder_ + boot_file, boot_id(), 0600);
    return shown;
}

void PublishedStore::make_tar_splits(const std::vector<const PublishedLayer*>& layers, const TarSplitMaker& make,
                                     Shown& shown) const {
    std::vector<std::future<std::string>> results;
    runtime::WorkerPool workers(splitting_threads);
    for (const PublishedLayer* layer : layers)
        results.push_back(workers.submit([&, layer]() -> std::string {
            const std::string path = tar_split_path(layer->id);
            if (file_size(path) > 0) return "";
            try {
                make(*layer, path);
                return "";
            } catch (const runtime::Error& error) {
                return error.full_message();
            }
        }));
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (std::string problem = results[i].get(); !problem.empty())
            shown.without_tar.emplace(layers[i]->id, std::move(problem));
}

bool PublishedStore::has_files(const PublishedLayer& layer) const {
    return ::access((layer_path(layer.id) + "/diff").c_str(), F_OK) == 0;
}

void PublishedStore::make_layer(const PublishedLayer& layer) const {
    const std::string path = layer_path(layer.id);
    runtime::make_folders(path, folder_mode);
    // Where a container may have it mounted, it leads where it led.
    if (!has_files(layer)) make_link(layer.folder, path + "/diff");
    std::string lower;
    for (const std::string& id : layer.below) lower += (lower.empty() ? "l/" : ":l/") + published_link(folder_, id);
    write_if_new(path + "/link", published_link(folder_, layer.id));
    if (!lower.empty()) write_if_new(path + "/lower", lower);
    write_if_new(path + "/" + entry_file, published_layer_json(layer));
    make_link("../" + layer.id + "/diff", link_path(layer.id));
}

void PublishedStore::make_image(const PublishedImage& image, const json& entry) const {
    const std::string path = folder_ + "/overlay-images/" + image.id;
    runtime::make_folders(path, folder_mode);
    for (const auto& [key, content] : image.data) write_if_new(path + "/" + storage_data_name(key), content);
    write_if_new(path + "/" + entry_file, runtime::write_json(entry));
}

std::string PublishedStore::place_of(Kind kind, const std::string& id) const {
    return kind == Kind::layer ? layer_path(id) : folder_ + "/overlay-images/" + id;
}

PublishedStore::Table PublishedStore::read_table(Kind kind) const {
    const std::string path = folder_ + (kind == Kind::layer ? layers_table : images_table);
    Table table;
    try {
        const auto text = runtime::read_file_if_exists(path, table_limit_bytes);
        const json entries = runtime::parse_json(text.value_or(""), path);
        for (const json& entry : entries) table[runtime::JsonFields(entry, "an entry of " + path).text("id")] = entry;
    } catch (const runtime::Error& error) {
        runtime::log_debug("a table is made anew: {}", error.full_message());
        return table_from_folders(kind);
    }
    return table;
}

/// Where somebody has broken the table: each entry is beside what it tells of, too.
PublishedStore::Table PublishedStore::table_from_folders(Kind kind) const {
    Table table;
    const auto folder = runtime::open_if_exists(place_of(kind, ""), O_RDONLY | O_DIRECTORY);
    if (!folder) return table;
    for (const runtime::FolderEntry& found : runtime::list_folder(*folder)) {
        if (!is_layer_id(found.name)) continue;
        const auto text = runtime::read_file_if_exists(place_of(kind, found.name) + "/" + entry_file);
        json entry = json::parse(text.value_or(""), nullptr, false);
        if (entry.is_object() && entry.value("id", "") == found.name) table[found.name] = std::move(entry);
    }
    return table;
}

void PublishedStore::write_table(Kind kind, const Table& table) const {
    json entries = json::array();
    for (const auto& [id, entry] : table) entries.push_back(entry);
    const std::string text = runtime::write_json(entries);
    if (kind == Kind::layer)
        replace_table(folder_ + layers_table, text, folder_ + "/overlay-layers/layers.lock");
    else
        replace_table(folder_ + images_table, text, folder_ + "/overlay-images/images.lock");
}

json PublishedStore::entry_of(const PublishedImage& image) {
    json sizes = json::object();
    json digests = json::object();
    json keys = json::array();
    for (const auto& [key, content] : image.data) {
        keys.push_back(key);
        sizes[key] = content.size();
        digests[key] = digest_of(key, content, image);
    }
    json entry = {
        {"id", image.id},         {"digest", image.digest},  {"metadata", "{}"},           {"created", image.created},
        {"big-data-names", keys}, {"big-data-sizes", sizes}, {"big-data-digests", digests}};
    if (!image.layer.empty()) entry["layer"] = image.layer;
    if (!image.names.empty()) entry["names"] = image.names;
    return entry;
}

std::map<std::string, std::string> PublishedStore::layer_folders() const {
    std::map<std::string, std::string> folders;
    for (const auto& [id, entry] : read_table(Kind::layer)) folders[id] = link_target(layer_path(id) + "/diff");
    return folders;
}

PublishedIds PublishedStore::ids() const {
    PublishedIds all;
    for (const auto& [id, entry] : read_table(Kind::layer)) all.layers.insert(id);
    for (const auto& [id, entry] : read_table(Kind::image)) all.images.insert(id);
    return all;
}

PublishedIds PublishedStore::with_those_below(const PublishedIds& some) const {
    const Table layers = read_table(Kind::layer);
    const Table images = read_table(Kind::image);
    PublishedIds all;
    std::vector<std::string> tops(some.layers.begin(), some.layers.end());
    for (const std::string& id : some.images)
        if (const auto found = images.find(id); found != images.end()) {
            all.images.insert(id);
            tops.push_back(found->second.value("layer", ""));
        }
    for (std::string id : tops)
        for (auto found = layers.find(id); found != layers.end() && all.layers.insert(id).second;
             found = layers.find(id))
            id = found->second.value("parent", "");
    return all;
}

bool PublishedStore::keep_only(const std::function<PublishedIds()>& choose_kept) {
    {
        const SoleAccess alone(folder_);
        if (!alone) return false;
        const PublishedIds kept = choose_kept();
        take_out(Kind::image, kept.images);
        take_out(Kind::layer, kept.layers);
    }
    sweep();
    return true;
}

void PublishedStore::take_out(Kind kind, const std::set<std::string>& kept) const {
    Table table = read_table(kind);
    if (std::erase_if(table, [&](const auto& one) { return !kept.contains(one.first); }) > 0) write_table(kind, table);
}

/// What no table names, be it that a command was killed before it got here.
void PublishedStore::sweep() const {
    const PublishedIds named = ids();
    const auto each = [](const std::string& path, const std::function<void(const std::string& id)>& use) {
        const runtime::Fd folder = runtime::open_path(path, O_RDONLY | O_DIRECTORY);
        for (const runtime::FolderEntry& entry : runtime::list_folder(folder))
            if (is_layer_id(entry.name)) use(entry.name);
    };
    each(folder_ + "/overlay", [&](const std::string& id) {
        if (!named.layers.contains(id)) remove_layer(id);
    });
    each(folder_ + "/overlay-images", [&](const std::string& id) {
        if (!named.images.contains(id)) runtime::remove_tree(place_of(Kind::image, id));
    });
}

void PublishedStore::remove_layer(const std::string& id) const {
    ::unlink(link_path(id).c_str());
    ::unlink(tar_split_path(id).c_str());
    runtime::remove_tree(layer_path(id));
}

}  // namespace registry
