#include "registry/podman/storage_users.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using runtime::JsonFields;

constexpr std::size_t table_limit_bytes = 256U << 20;

class StoreReader {
public:
    StoreReader(const StorageRoots& store, StorageUsers& users) : store_(store), users_(users) {}

    void read() {
        read_containers();
        const std::string root = store_.root + "/overlay-layers/";
        read_layers(root + "layers.json");
        read_layers(root + "volatile-layers.json");
        if (!store_.runroot.empty()) read_layers(store_.runroot + "/overlay-layers/volatile-layers.json");
        for (const auto& [layer, parent] : parents_)
            if (!parent.empty()) note(parent, name_of(layer));
        read_images();
    }

private:
    template <typename Use>
    static void each(const std::string& path, Use use) {
        const auto text = runtime::read_file_if_exists(path, table_limit_bytes);
        if (!text || text->empty()) return;
        const nlohmann::json table = runtime::parse_json(*text, path);
        for (const nlohmann::json& value : table) use(JsonFields(value, "an entry of " + path));
    }

    /// The names of containers, by the layers that they write into.
    void read_containers() {
        for (const char* file : {"containers.json", "volatile-containers.json"})
            each(store_.root + "/overlay-containers/" + file, [&](const JsonFields& container) {
                const auto names = container.texts_or_empty("names");
                const std::string name = names.empty() ? container.text("id").substr(0, 12) : names.front();
                containers_[container.text_or_empty("layer")] = name;
                note_image(container.text_or_empty("image"), "the container " + name);
            });
    }

    void read_layers(const std::string& path) {
        each(path, [&](const JsonFields& layer) { parents_[layer.text("id")] = layer.text_or_empty("parent"); });
    }

    void read_images() {
        each(store_.root + "/overlay-images/images.json", [&](const JsonFields& image) {
            const auto names = image.texts_or_empty("names");
            const std::string name = "the image " + (names.empty() ? image.text("id").substr(0, 12) : names.front());
            note_image(image.text("id"), name);
            note(image.text_or_empty("layer"), name);
            for (const std::string& layer : image.texts_or_empty("mapped-layers")) note(layer, name);
        });
    }

    std::string name_of(const std::string& layer) const {
        const auto container = containers_.find(layer);
        return container == containers_.end() ? "a layer of " + store_.root : "the container " + container->second;
    }

    void note(const std::string& layer, const std::string& user) {
        if (!layer.empty() && !parents_.contains(layer)) users_.layers.emplace(layer, user);
    }

    /// What was pulled has its documents there; what was only named has not.
    void note_image(const std::string& id, const std::string& user) {
        if (!id.empty() && ::access((store_.root + "/overlay-images/" + id + "/manifest").c_str(), F_OK) != 0)
            users_.images.emplace(id, user);
    }

    const StorageRoots& store_;
    StorageUsers& users_;
    std::map<std::string, std::string> containers_;
    std::map<std::string, std::string> parents_;  ///< of all layers that the store has
};

}  // namespace

StorageUsers users_of_storage(const std::vector<StorageRoots>& stores) {
    StorageUsers users;
    for (const StorageRoots& store : stores) StoreReader(store, users).read();
    return users;
}

}  // namespace registry
