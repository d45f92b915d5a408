#include "builder/engine/run/list_of_platforms.hpp"

#include <utility>

#include "builder/images/local_images.hpp"
#include "registry/signing/simple_signing.hpp"

namespace builder {

ListOfPlatforms::ListOfPlatforms(layers::Store& store, const BuildImageRequest& request, std::string manifest_list,
                                 const runtime::StopSource& stop)
    : store_(store),
      request_(request),
      manifest_list_(std::move(manifest_list)),
      stop_(stop),
      destinations_(parse_destinations(request.destinations)) {
    if (!request.sign_by.empty()) check_destinations_for_signing(destinations_);
}

void ListOfPlatforms::add(const layers::ImageRecord& image) {
    MemberFields fields;
    fields.annotations = request_.descriptor_annotations;
    list_.add_stored(image, fields);
    for (const auto& [name, value] : request_.index_annotations) list_.index().annotations[name] = value;
    last_id_ = image.id.text();
}

void ListOfPlatforms::keep(Result& result) {
    result.id = last_id_;
    for (const std::string& name : destinations_.names) {
        list_.named(name).save(store_);
        result.metadata.names.push_back(familiar_name(name));
    }
    if (manifest_list_.empty()) return;
    ManifestList all = ManifestList::find_or_new(store_, manifest_list_);
    all.add_members_of(list_);
    for (const auto& [name, value] : request_.index_annotations) all.index().annotations[name] = value;
    all.save(store_);
    result.id = all.digest().text();
}

void ListOfPlatforms::push(Result& result) {
    if (destinations_.places.empty()) return;
    registry::Registries registries(request_.access, stop_);
    for (const std::string& place : destinations_.places) {
        result.written.push_back({place, list_.push(store_, place, true, request_.packing, {}, registries)});
        if (!request_.sign_by.empty())
            registry::sign_image(place, result.written.back().manifest.digest(), request_.sign_by, stop_);
        result.metadata.names.push_back(place);
    }
}

ListOfPlatforms::Result ListOfPlatforms::finish(const std::function<void(std::string_view)>& tell) {
    Result result;
    if (last_id_.empty()) return result;
    keep(result);
    push(result);
    for (const std::string& name : result.metadata.names) tell("Successfully tagged " + name);
    result.metadata.manifest = descriptor_for_scripts(result.written, list_.descriptor());
    return result;
}

}  // namespace builder
