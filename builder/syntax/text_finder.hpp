// Finds many texts in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace builder {

/// An automaton (Aho-Corasick) over a list of texts: one look at each byte finds every place where any of them stands.
class TextFinder {
public:
    /// Adds a text that is not empty; all are added before compile().
    void add(std::string_view text, std::uint32_t number);
    void compile();

    /// Calls found(number) for every occurrence of every text.
    template <typename Found>
    void search(std::string_view text, const Found& found) const {
        std::uint32_t node = 0;
        for (const char byte : text) {
            node = nodes_[node].next[byte_classes_[static_cast<unsigned char>(byte)]];
            for (std::uint32_t match = node; match != 0; match = nodes_[match].next_match)
                for (const std::uint32_t number : nodes_[match].numbers) found(number);
        }
    }

private:
    struct Node {
        std::vector<std::uint32_t> next;     ///< by byte class
        std::vector<std::uint32_t> numbers;  ///< of the texts that end here
        std::uint32_t shorter = 0;           ///< the node of the longest proper ending that is a beginning, too
        std::uint32_t next_match = 0;        ///< the nearest such node where a text ends, 0 for none
    };

    void grow_classes(std::string_view text);
    void link_breadth_first();

    std::vector<Node> nodes_ = std::vector<Node>(1);
    std::array<std::uint16_t, 256> byte_classes_{};  ///< 0: a byte that stands in no text
    std::vector<std::pair<std::string_view, std::uint32_t>> texts_;
    std::size_t class_count_ = 1;
};

}  // namespace builder
