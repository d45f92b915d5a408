// Which images of the store stand on which: with --layers every step leaves an image, and most of them are only there
// for the next one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "layers/store/store.hpp"

namespace builder {

/// An image stands on another one where it has its layers and its history, and one entry more. Known for the images
/// that were given; nothing is read where all of them have names.
class ImageFamily {
public:
    explicit ImageFamily(const std::vector<layers::ImageRecord>& images);

    bool has_children(const layers::Digest& id) const { return children_.contains(id.text()); }
    /// Without a name, and another one stands on it.
    bool is_intermediate(const layers::ImageRecord& image) const {
        return image.names.empty() && has_children(image.id);
    }
    /// The IDs of those that the image stands on: images of one content may be several.
    std::vector<layers::Digest> parents_of(const layers::Digest& id) const;
    /// From now on the image is not there.
    void forget(const layers::Digest& id);

private:
    std::map<std::string, std::set<std::string>> children_;  ///< by ID
    std::map<std::string, std::set<std::string>> parents_;   ///< by ID
};

}  // namespace builder
