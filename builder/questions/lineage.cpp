#include "builder/questions/lineage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using Member = Lineage::Member;

std::string next_name(const std::string& before, const std::string& more) {
    return layers::Digest::of(before + "\n" + more).text();
}

std::string text_of(const layers::oci::HistoryEntry& entry) {
    std::string text;
    for (const std::string& field : {entry.created, entry.created_by, entry.author, entry.comment})
        text += fmt::format("{}:{}", field.size(), field);
    return text + (entry.empty_layer ? "-" : "+");
}

Member member_of(layers::ImageRecord image) {
    Member member{std::move(image), {}, {""}, {""}};
    member.config = layers::oci::parse_image_config(member.image.config);
    for (const layers::Digest& layer : member.config.diff_ids)
        member.chain.push_back(next_name(member.chain.back(), layer.text()));
    for (const layers::oci::HistoryEntry& entry : member.config.history)
        member.history.push_back(next_name(member.history.back(), text_of(entry)));
    return member;
}

/// Whether the history of one is the beginning of the other's, which goes on.
bool begins(const Member& one, const Member& other) {
    const std::size_t entries = one.history.size();
    return entries < other.history.size() && other.history[entries - 1] == one.history.back();
}

}  // namespace

Lineage::Lineage(std::vector<layers::ImageRecord> images) {
    for (layers::ImageRecord& image : images) {
        const std::string id = image.id.text();
        try {
            members_.push_back(member_of(std::move(image)));
        } catch (const runtime::Error& error) {
            runtime::log_debug("the image {} is left out: {}", id, error.full_message());
        }
    }
    for (std::size_t i = 0; i < members_.size(); ++i) by_chain_.emplace(members_[i].chain.back(), i);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        members_[i].parent = parent_of(members_[i]);
        if (members_[i].parent) members_[*members_[i].parent].children.push_back(i);
    }
}

/// The one with the longest history of those that have the most layers.
std::optional<std::size_t> Lineage::parent_of(const Member& member) const {
    const std::size_t all = member.chain.size() - 1;
    for (std::size_t layers = all + 1; layers-- > 0;) {
        std::optional<std::size_t> best;
        const auto [first, last] = by_chain_.equal_range(member.chain[layers]);
        for (auto found = first; found != last; ++found) {
            const Member& one = members_[found->second];
            const bool is_beginning = begins(one, member);
            // With the same layers only the history can say who was first; an image without layers is no base.
            if (!is_beginning && (layers == all || layers == 0)) continue;
            const auto rank = [&](const Member& other) {
                return std::pair(begins(other, member), other.history.size());
            };
            if (!best || rank(members_[*best]) < rank(one)) best = found->second;
        }
        if (best) return best;
    }
    return std::nullopt;
}

const Member* Lineage::find(const layers::Digest& id) const {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&](const Member& one) { return one.image.id == id; });
    return found == members_.end() ? nullptr : &*found;
}

std::vector<const Member*> Lineage::with_first_layers(const Member& member, std::size_t layers) const {
    std::vector<const Member*> found;
    const auto [first, last] = by_chain_.equal_range(member.chain[layers]);
    for (auto one = first; one != last; ++one) found.push_back(&members_[one->second]);
    return found;
}

const Member* Lineage::at_entry(const Member& member, std::size_t entries) const {
    const auto& history = member.config.history;
    std::size_t layers = 0;
    for (std::size_t i = 0; i < entries; ++i) layers += history[i].empty_layer ? 0 : 1;
    if (layers >= member.chain.size()) return nullptr;
    for (const Member* const one : with_first_layers(member, layers))
        if (one->history.back() == member.history[entries]) return one;
    return nullptr;
}

std::string Lineage::origin_of(const layers::Digest& id, std::size_t layer) const {
    std::string name;
    for (const Member* one = find(id); one != nullptr && layer + 1 < one->chain.size();
         one = one->parent ? &members_[*one->parent] : nullptr)
        if (!one->image.names.empty()) name = one->image.names.front();
    return name;
}

}  // namespace builder
