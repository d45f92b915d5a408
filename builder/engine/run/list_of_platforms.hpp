// Where the images of a build for several platforms go: into one list, under all names that were given.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/engine/run/build_image.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/images/written_image.hpp"

namespace builder {

class ListOfPlatforms {
public:
    /// `manifest_list` is the list of --manifest, which keeps the members that it has; empty where there is none. What
    /// -t names holds the images of this build alone. Throws Error for destinations that cannot be. All references
    /// outlive it.
    ListOfPlatforms(layers::Store& store, const BuildImageRequest& request, std::string manifest_list,
                    const runtime::StopSource& stop);

    void add(const layers::ImageRecord& image);

    struct Result {
        std::string id;  ///< for --iidfile: of the list of --manifest, else of the last image; empty without images
        ImageMetadata metadata = {};
        std::vector<WrittenImage> written = {};
    };
    /// Gives the list its names and writes it to the places. Each is told to `tell`.
    Result finish(const std::function<void(std::string_view)>& tell);

private:
    void keep(Result& result);
    void push(Result& result);

    layers::Store& store_;
    const BuildImageRequest& request_;
    std::string manifest_list_;
    const runtime::StopSource& stop_;
    Destinations destinations_;
    ManifestList list_{"localhost/several-platforms"};  ///< the name is never stored
    std::string last_id_;
};

}  // namespace builder
