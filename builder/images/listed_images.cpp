#include "builder/images/listed_images.hpp"

#include "builder/images/manifest_list.hpp"

namespace builder {
namespace {

struct ListedMember {
    layers::Platform platform;
    layers::Digest image_id;
};

std::vector<ListedMember> members_of(ManifestList& list) {
    std::vector<ListedMember> members;
    for (const layers::oci::Descriptor& descriptor : list.index().manifests) {
        const auto id = list.image_of(descriptor);
        if (!id || !descriptor.platform) continue;
        const auto& own = *descriptor.platform;
        members.push_back({{own.os, own.architecture, own.variant, own.os_version, own.os_features}, *id});
    }
    return members;
}

}  // namespace

std::optional<layers::ImageRecord> find_listed_image(layers::Store& store, const std::string& name,
                                                     const layers::Platform& platform) {
    auto list = ManifestList::find(store, name);
    if (!list) return std::nullopt;
    std::vector<layers::Platform> platforms;
    const std::vector<ListedMember> members = members_of(*list);
    for (const ListedMember& member : members) platforms.push_back(member.platform);
    const auto best = layers::choose_platform(platform, platforms);
    return best ? store.images().find(members[*best].image_id) : std::nullopt;
}

ListsOfImages lists_of_images(layers::Store& store) {
    ListsOfImages lists;
    for (const std::string& name : store.manifest_lists().list()) {
        auto list = ManifestList::find(store, name);
        if (!list) continue;
        for (const ListedMember& member : members_of(*list)) lists[member.image_id.text()].push_back(name);
    }
    return lists;
}

bool is_unused(layers::Store& store, const layers::Digest& image_id) {
    const auto image = store.images().find(image_id);
    return image && image->names.empty() && store.containers().of_image(image_id).empty() &&
           !lists_of_images(store).contains(image_id.text());
}

void remove_if_unused(layers::Store& store, const layers::Digest& image_id) {
    store.transactions().run([&] {
        if (is_unused(store, image_id)) store.images().remove(image_id);
    });
}

}  // namespace builder
