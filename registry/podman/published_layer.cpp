#include "registry/podman/published_layer.hpp"

#include <nlohmann/json.hpp>

#include "runtime/base/json.hpp"

namespace registry {

std::string published_layer_id(const std::string& parent, const layers::Digest& diff_id) {
    if (parent.empty()) return std::string(diff_id.hex());
    return std::string(layers::Digest::of(parent + "+" + std::string(diff_id.hex())).hex());
}

std::string published_link(const std::string& place, const std::string& layer_id) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    constexpr std::size_t length = 26;
    constexpr unsigned bits_of_digit = 4;
    constexpr unsigned bits_of_letter = 5;
    const layers::Digest digest = layers::Digest::of(place + "\n" + layer_id);
    std::string link;
    unsigned bits = 0;
    unsigned value = 0;
    for (const char digit : digest.hex()) {
        value = value << bits_of_digit | static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        bits += bits_of_digit;
        if (bits < bits_of_letter) continue;
        bits -= bits_of_letter;
        link += alphabet[value >> bits & 31U];
        if (link.size() == length) break;
    }
    return link;
}

std::string published_layer_json(const PublishedLayer& layer) {
    nlohmann::json object = {{"id", layer.id},
                             {"created", layer.created},
                             {"diff-digest", layer.diff_id.text()},
                             {"diff-size", layer.tar_bytes}};
    if (!layer.parent.empty()) object["parent"] = layer.parent;
    return runtime::write_json(object);
}

}  // namespace registry
