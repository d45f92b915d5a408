// Which images of the store stand on which, and which of them an image was on its way.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "layers/oci/image_config.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// All images of a store as a family. An image stands on the one that has the most of its layers, from the bottom up;
/// of two with the same layers, on the one whose history is the beginning of its own.
class Lineage {
public:
    struct Member {
        layers::ImageRecord image;
        layers::oci::ImageConfig config;
        std::vector<std::string> chain;          ///< by number of layers, from 0 on: a name for just these
        std::vector<std::string> history;        ///< by number of entries, from 0 on: a name for just these
        std::vector<std::size_t> children = {};  ///< places in members(), in their order
        std::optional<std::size_t> parent = std::nullopt;
    };

    /// An image whose configuration cannot be read is left out.
    explicit Lineage(std::vector<layers::ImageRecord> images);

    /// In the order of the images that were given.
    const std::vector<Member>& members() const noexcept { return members_; }
    const Member* find(const layers::Digest& id) const;
    /// Those that have just the first layers of another one.
    std::vector<const Member*> with_first_layers(const Member& member, std::size_t layers) const;
    /// The one that a member was when its history had so many entries; nullptr where the store has no such image.
    const Member* at_entry(const Member& member, std::size_t entries) const;
    /// The name of the image that a layer came with, counted from 0 at the bottom: of an image and those that it stands
    /// on, the lowest that has it and has a name. Empty where none has.
    std::string origin_of(const layers::Digest& id, std::size_t layer) const;

private:
    std::optional<std::size_t> parent_of(const Member& member) const;

    std::vector<Member> members_;
    std::multimap<std::string, std::size_t> by_chain_;
};

}  // namespace builder
