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

/// Every layer that the image has is where its record says.
bool is_whole(layers::Store& store, const ImageRecord& image) {
    for (const layers::LayerRecord& layer : store.layers().of_image(image.id))
        if (!layer.is_there()) return false;
    return true;
}

class ImageRepair {
public:
    ImageRepair(layers::Store& store, registry::Registries& registries) : store_(store), registries_(registries) {}

    /// Once for each image; empty where it is whole now, else why it is not.
    const std::string& repair(const layers::Digest& id) {
        const auto [known, is_new] = reasons_.try_emplace(id);
        if (is_new) known->second = attempt(id);
        return known->second;
    }

private:
    std::string attempt(const layers::Digest& id) {
        const auto image = store_.images().find(id);
        if (!image) return "";  // removed meanwhile
        std::string reason;
        try {
            take_from(*registry::open_stored_image(store_, *image), *image);
            return "";
        } catch (const Error& error) {
            reason = error.full_message();
        }
        for (const std::string& name : image->names) {
            const registry::Reference reference = registry::Reference::parse(name);
            if (reference.domain() == "localhost") continue;
            const std::string place =
                fmt::format("docker://{}/{}@{}", reference.domain(), reference.path(), image->manifest_digest.text());
            try {
                take_from(*open_source(place, registries_), *image);
                return "";
            } catch (const Error& error) {
                reason = error.full_message();
            }
        }
        return reason;
    }

    void take_from(registry::ImageSource& source, const ImageRecord& image) {
        // The manifest is the image's own, of one platform.
        const ImageRecord taken = registry::import_image(source, store_, layers::host_platform(), registries_.stop());
        if (taken.id != image.id) throw Error("{} has another image", source.name());
        if (!is_whole(store_, image)) throw Error("{} does not give all layers", source.name());
    }

    layers::Store& store_;
    registry::Registries& registries_;
    std::map<layers::Digest, std::string> reasons_;
};

RepairStep repair_images(const Damage& damage, ImageRepair& images) {
    RepairStep step{true, damage.images.empty() ? "it is forgotten" : "taken again, verified"};
    for (const layers::Digest& image : damage.images) {
        const std::string& reason = images.repair(image);
        if (reason.empty()) continue;
        step = {false,
                fmt::format("image {} cannot be mended ({}): build or pull it again, or remove it with builder rmi",
                            image.hex().substr(0, 12), reason)};
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
                steps.push_back(repair_images(damage, images));
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
