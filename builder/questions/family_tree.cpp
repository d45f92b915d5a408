#include "builder/questions/family_tree.hpp"

#include <algorithm>

namespace builder {
namespace {

using Member = Lineage::Member;

bool is_intermediate(const Member& member) {
    return member.image.names.empty() && !member.children.empty();
}

class Family {
public:
    Family(const Lineage& lineage, bool with_intermediate)
        : members_(lineage.members()), with_intermediate_(with_intermediate) {}

    /// Adds what is shown of some images that stand on `below`.
    void add(const std::vector<std::size_t>& places, std::int64_t bytes_below, std::vector<FamilyNode>& nodes) const {
        for (const std::size_t place : places) {
            const Member& member = members_[place];
            if (!with_intermediate_ && is_intermediate(member)) {
                add(member.children, bytes_below, nodes);
                continue;
            }
            nodes.push_back({&member, member.image.size_bytes - bytes_below});
            FamilyNode& node = nodes.back();
            add(member.children, member.image.size_bytes, node.children);
        }
    }

private:
    const std::vector<Member>& members_;
    bool with_intermediate_;
};

/// By name, those without one last.
void sort(std::vector<FamilyNode>& nodes) {
    const auto key = [](const FamilyNode& node) {
        const layers::ImageRecord& image = node.member->image;
        return std::pair(image.names.empty(), image.names.empty() ? image.id.text() : image.names.front());
    };
    std::sort(nodes.begin(), nodes.end(), [&](const auto& left, const auto& right) { return key(left) < key(right); });
    for (FamilyNode& node : nodes) sort(node.children);
}

}  // namespace

std::vector<FamilyNode> family_of(const Lineage& lineage, bool with_intermediate) {
    std::vector<std::size_t> roots;
    for (std::size_t i = 0; i < lineage.members().size(); ++i)
        if (!lineage.members()[i].parent) roots.push_back(i);
    std::vector<FamilyNode> nodes;
    Family(lineage, with_intermediate).add(roots, 0, nodes);
    sort(nodes);
    return nodes;
}

std::vector<FamilyNode> descendants_of(const Lineage& lineage, const Member& member, bool with_intermediate) {
    std::vector<FamilyNode> nodes;
    Family(lineage, with_intermediate).add(member.children, member.image.size_bytes, nodes);
    sort(nodes);
    return nodes;
}

}  // namespace builder
