#include "builder/images/repair.hpp"

#include <map>

#include "builder/images/transfer.hpp"
#include "layers/oci/platform.hpp"
#include "registry/import_image.hpp"
#include "registry/reference.hpp"
#include "registry/transport/stored_image.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::Damage;
using layers::ImageRecord;
using runtime::Error;
using Kind = Damage::Kind;

class ImageRepair {
public:
    ImageRepair(layers::Store& store, registry::Registries& registries) : store_(store), registries_(registries) {}

    /// Out of the store's own blobs, else out of the registries of its names. Once for each image.
    void attempt(const layers::Digest& id) {
        const auto [reason, is_new] = reasons_.try_emplace(id);
        const auto image = is_new ? store_.images().find(id) : std::nullopt;
        if (!image || take_from([&] { return registry::open_stored_image(store_, *image); }, *image, reason->second))
            return;
        for (const std::string& name : image->names) {
            const registry::Reference reference = registry::Reference::parse(name);
            if (reference.domain() == "localhost") continue;
            const std::string place =
                fmt::format("docker://{}/{}@{}", reference.domain(), reference.path(), image->manifest_digest.text());
            if (take_from([&] { return open_source(place, registries_); }, *image, reason->second)) return;
        }
    }
    /// Why it was not made whole; for images that are not.
    const std::string& reason(const layers::Digest& id) const { return reasons_.at(id); }

private:
    template <typename Open>
    bool take_from(Open open, const ImageRecord& image, std::string& reason) {
        try {
            const auto source = open();
            // The manifest is the image's own, of one platform.
            const ImageRecord taken =
                registry::import_image(*source, store_, layers::host_platform(), registries_.stop());
            if (taken.id != image.id) throw Error("{} has another image", source->name());
            return true;
        } catch (const Error& error) {
            reason += (reason.empty() ? "" : "; ") + error.full_message();
            return false;
        }
    }

    layers::Store& store_;
    registry::Registries& registries_;
    std::map<layers::Digest, std::string> reasons_;
};

/// Images share layers: all of them are tried before any is given up.
RepairStep repair_images(const Damage& damage, layers::Store& store, ImageRepair& images) {
    for (const layers::Digest& image : damage.images) images.attempt(image);
    RepairStep step{true, damage.images.empty() ? "it is forgotten" : "it was taken again"};
    // What a container stands on is kept nowhere else: it is whole only where an image has given the layer back.
    const bool is_lost = damage.kind == Kind::layer && store.layers().find(layers::Digest::parse(damage.id)).empty();
    for (const std::string& thing : damage.affects)
        if (is_lost && thing.starts_with("container "))
            step = {false, thing + " lacks files: remove it with builder rm, and make it again"};
    for (const layers::Digest& image : damage.images) {
        const auto record = store.images().find(image);
        if (!record || registry::is_whole(store, *record)) continue;
        step = {false, fmt::format("image {} lacks files ({}); build or pull it again, or remove it with builder rmi",
                                   image.hex().substr(0, 12), images.reason(image))};
    }
    return step;
}

}  // namespace

std::string advice_for(const Damage& damage) {
    switch (damage.kind) {
        case Kind::database:
            return "makes its indexes anew";
        case Kind::layer:
        case Kind::blob:
            return damage.images.empty() ? "forgets it"
                                         : "takes it again from where it came, if it came from elsewhere";
        case Kind::stray:
            return "removes them";
        case Kind::image:
            return "cannot help: remove the image with builder rmi, and build or pull it again";
        case Kind::container:
            return "cannot help: remove the container with builder rm";
        case Kind::list:
            return "cannot help: remove the list with builder manifest rm, and create it again";
    }
    return "";
}

std::vector<RepairStep> repair(layers::Store& store, const std::vector<Damage>& damages,
                               registry::Registries& registries) {
    for (const Damage& damage : damages)
        if ((damage.kind == Kind::layer || damage.kind == Kind::blob) && !store.inspection().take_out(damage))
            throw Error("the store cannot be repaired while another command uses it")
                .with_hint("wait till that has ended, then run builder check --repair again");
    ImageRepair images(store, registries);
    std::vector<RepairStep> steps;
    for (const Damage& damage : damages) {
        switch (damage.kind) {
            case Kind::layer:
            case Kind::blob:
                steps.push_back(repair_images(damage, store, images));
                break;
            case Kind::database:
                steps.push_back(
                    store.inspection().mend_database()
                        ? RepairStep{true, "its indexes are made anew"}
                        : RepairStep{false, "cannot be mended: keep a copy of the store, and begin a new one"});
                break;
            case Kind::stray:
                store.garbage().collect();
                steps.push_back({true, "they are removed"});
                break;
            default:
                steps.push_back({false, advice_for(damage)});
        }
    }
    return steps;
}

}  // namespace builder
