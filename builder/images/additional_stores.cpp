#include "builder/images/additional_stores.hpp"

#include <unistd.h>

#include <algorithm>

#include "builder/images/local_images.hpp"
#include "builder/images/publication.hpp"
#include "layers/oci/image_config.hpp"
#include "registry/export_image.hpp"
#include "registry/import_image.hpp"
#include "registry/reference.hpp"
#include "registry/settings/storage_conf.hpp"
#include "registry/transport/containers_storage.hpp"
#include "registry/transport/local_transports.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using layers::ImageRecord;

std::vector<std::string>& named_roots() {
    static std::vector<std::string> roots;
    return roots;
}

/// Those of the caller, then those of storage.conf, whose first one is no additional one.
std::vector<std::string> all_roots() {
    std::vector<std::string> roots = named_roots();
    const std::vector<std::string> shared = registry::shared_storage_roots();
    if (shared.size() > 1) roots.insert(roots.end(), shared.begin() + 1, shared.end());
    return roots;
}

bool is_store_of_builder(const std::string& root) {
    return ::access((root + "/store.db").c_str(), F_OK) == 0;
}

bool is_own(const layers::Store& store, const std::string& root) {
    return root == store.location().root || root == published_folder(store.location());
}

layers::StoreLocation location_of(const layers::Store& store, const std::string& root) {
    layers::StoreLocation location = store.location();
    location.root = root;
    return location;
}

/// A folder of the store's, which goes with it.
class Passage {
public:
    explicit Passage(layers::Store& store) : path_(store.staging().new_path()) {}
    ~Passage() {
        if (::access(path_.c_str(), F_OK) == 0) runtime::remove_tree(path_);
    }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;
    registry::ImageLocation place() const { return {registry::Transport::oci_folder, path_, ""}; }

private:
    std::string path_;
};

void give_names(layers::Store& store, const ImageRecord& image, const std::vector<std::string>& names) {
    for (const std::string& name : names)
        if (!store.images().find_by_name(name)) store.images().add_name(image, name);
}

ImageRecord take_over(layers::Store& store, layers::Store& other, const ImageRecord& image,
                      const runtime::StopSource& stop) {
    const Passage passage(store);
    registry::ExportOptions options;
    options.compression = layers::Compression::none;
    const auto destination = registry::make_local_destination(passage.place(), stop, {});
    registry::export_image(image, other, *destination, options, stop);
    const auto source = registry::open_local_source(passage.place());
    const layers::Platform platform = platform_of(layers::oci::parse_image_config(image.config));
    const ImageRecord brought = registry::import_image(*source, store, platform, stop);
    give_names(store, brought, image.names);
    return store.images().find(brought.id).value();
}

std::optional<ImageRecord> from_builder(layers::Store& store, const std::string& root, const std::string& text,
                                        const runtime::StopSource& stop) {
    layers::Store other(location_of(store, root));
    const auto image = find_local_image(other, text);
    if (!image) return std::nullopt;
    return take_over(store, other, *image, stop);
}

std::optional<ImageRecord> from_podman(layers::Store& store, const std::string& root, const std::string& text,
                                       const runtime::StopSource& stop) {
    const std::vector<std::string> names = registry::is_image_id(text) ? std::vector{text} : candidate_names(text);
    for (const std::string& name : names) {
        const auto source = registry::open_containers_storage("[overlay@" + root + "]" + name);
        if (!source) continue;
        const ImageRecord image = registry::import_image(*source, store, layers::host_platform(), stop);
        if (!registry::is_image_id(text)) give_names(store, image, {name});
        return store.images().find(image.id);
    }
    return std::nullopt;
}

}  // namespace

void use_additional_stores(std::vector<std::string> roots) {
    named_roots() = std::move(roots);
}

std::optional<ImageRecord> bring_from_additional_stores(layers::Store& store, const std::string& text,
                                                        const runtime::StopSource& stop) {
    if (registry::parse_image_location(text) || find_local_image(store, text)) return std::nullopt;
    for (const std::string& root : all_roots()) {
        if (is_own(store, root)) continue;
        auto image =
            is_store_of_builder(root) ? from_builder(store, root, text, stop) : from_podman(store, root, text, stop);
        if (!image) continue;
        runtime::log_debug("the image {} comes from the store {}", text, root);
        return image;
    }
    return std::nullopt;
}

std::vector<ImageRecord> images_of_additional_stores(layers::Store& store) {
    std::vector<ImageRecord> images;
    for (const std::string& root : all_roots()) {
        if (is_own(store, root) || !is_store_of_builder(root)) continue;
        layers::Store other(location_of(store, root));
        for (ImageRecord& image : other.images().list()) images.push_back(std::move(image));
    }
    return images;
}

}  // namespace builder
