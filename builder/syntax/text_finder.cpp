#include "builder/syntax/text_finder.hpp"

namespace builder {

void TextFinder::add(std::string_view text, std::uint32_t number) {
    texts_.emplace_back(text, number);
}

void TextFinder::grow_classes(std::string_view text) {
    for (const char byte : text) {
        std::uint16_t& byte_class = byte_classes_[static_cast<unsigned char>(byte)];
        if (byte_class == 0) byte_class = static_cast<std::uint16_t>(class_count_++);
    }
}

void TextFinder::compile() {
    for (const auto& [text, number] : texts_) grow_classes(text);
    nodes_[0].next.assign(class_count_, 0);
    for (const auto& [text, number] : texts_) {
        std::uint32_t node = 0;
        for (const char byte : text) {
            const std::size_t byte_class = byte_classes_[static_cast<unsigned char>(byte)];
            if (nodes_[node].next[byte_class] == 0) {
                nodes_[node].next[byte_class] = static_cast<std::uint32_t>(nodes_.size());
                nodes_.emplace_back();
                nodes_.back().next.assign(class_count_, 0);
            }
            node = nodes_[node].next[byte_class];
        }
        nodes_[node].numbers.push_back(number);
    }
    texts_.clear();
    link_breadth_first();
}

void TextFinder::link_breadth_first() {
    std::vector<std::uint32_t> queue = {0};
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const std::uint32_t node = queue[i];
        const std::uint32_t shorter = nodes_[node].shorter;
        nodes_[node].next_match = nodes_[shorter].numbers.empty() ? nodes_[shorter].next_match : shorter;
        for (std::size_t byte_class = 0; byte_class < class_count_; ++byte_class) {
            const std::uint32_t child = nodes_[node].next[byte_class];
            const std::uint32_t fallback = node == 0 ? 0 : nodes_[shorter].next[byte_class];
            if (child == 0) {
                nodes_[node].next[byte_class] = fallback;
            } else {
                nodes_[child].shorter = fallback;
                queue.push_back(child);
            }
        }
    }
}

}  // namespace builder
