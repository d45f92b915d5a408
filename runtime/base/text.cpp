#include "runtime/base/text.hpp"

namespace runtime {

std::vector<std::string_view> split(std::string_view text, char mark) {
    std::vector<std::string_view> parts;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = text.find(mark);
        parts.push_back(text.substr(0, end));
        if (end != std::string_view::npos) text.remove_prefix(end + 1);
    }
    return parts;
}

std::pair<std::string_view, std::string_view> split_once(std::string_view text, char mark) {
    const std::size_t place = text.find(mark);
    if (place == std::string_view::npos) return {text, {}};
    return {text.substr(0, place), text.substr(place + 1)};
}

}  // namespace runtime
