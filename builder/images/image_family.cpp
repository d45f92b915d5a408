#include "builder/images/image_family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "layers/oci/image_config.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::Digest;

/// What an image says of how it came about.
struct Descent {
    std::string id;
    std::vector<Digest> diff_ids;
    Digest history;        ///< of all entries
    Digest history_below;  ///< of all but the last one
    bool has_history = false;
};

std::string text_of(const layers::oci::HistoryEntry& entry) {
    std::string text;
    for (const std::string& field : {entry.created, entry.created_by, entry.author, entry.comment})
        text += fmt::format("{}:{}", field.size(), field);
    return text + (entry.empty_layer ? "-" : "+");
}

/// Nothing of an image whose configuration says nothing: it stands on none.
Descent descent_of(const layers::ImageRecord& image) {
    const layers::oci::ImageConfig config = layers::oci::parse_image_config(image.config);
    std::string text, below;
    for (const layers::oci::HistoryEntry& entry : config.history) {
        below = text;
        text += text_of(entry);
    }
    return {image.id.text(), config.diff_ids, Digest::of(text), Digest::of(below), !config.history.empty()};
}

bool begins_with(const std::vector<Digest>& all, const std::vector<Digest>& first) {
    return all.size() >= first.size() && std::equal(first.begin(), first.end(), all.begin());
}

}  // namespace

ImageFamily::ImageFamily(const std::vector<layers::ImageRecord>& images) {
    const auto is_nameless = [](const layers::ImageRecord& image) { return image.names.empty(); };
    if (std::none_of(images.begin(), images.end(), is_nameless)) return;
    std::vector<Descent> all;
    std::multimap<std::string, std::size_t> by_history;
    for (const layers::ImageRecord& image : images) {
        all.push_back(descent_of(image));
        if (all.back().has_history) by_history.emplace(all.back().history.text(), all.size() - 1);
    }
    for (const Descent& child : all) {
        if (!child.has_history) continue;
        const auto [first, last] = by_history.equal_range(child.history_below.text());
        for (auto parent = first; parent != last; ++parent) {
            const Descent& below = all[parent->second];
            if (!begins_with(child.diff_ids, below.diff_ids)) continue;
            children_[below.id].insert(child.id);
            parents_[child.id].insert(below.id);
        }
    }
}

std::vector<Digest> ImageFamily::parents_of(const Digest& id) const {
    std::vector<Digest> found;
    if (const auto known = parents_.find(id.text()); known != parents_.end())
        for (const std::string& parent : known->second) found.push_back(Digest::parse(parent));
    return found;
}

void ImageFamily::forget(const Digest& id) {
    for (const Digest& parent : parents_of(id)) {
        auto& children = children_[parent.text()];
        children.erase(id.text());
        if (children.empty()) children_.erase(parent.text());
    }
    parents_.erase(id.text());
}

}  // namespace builder
