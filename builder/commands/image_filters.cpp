#include "builder/commands/image_filters.hpp"

#include <algorithm>

#include "builder/build/local_images.hpp"
#include "builder/syntax/glob.hpp"
#include "layers/oci/image_config.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

bool parse_truth(const std::string& value, const std::string& text) {
    if (value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    throw Error("--filter {} takes true or false", quoted(text));
}

/// Repository and tag; a colon before a slash belongs to a port.
std::pair<std::string, std::string> split_tag(const std::string& name) {
    const auto colon = name.rfind(':');
    if (colon == std::string::npos || name.find('/', colon) != std::string::npos) return {name, ""};
    return {name.substr(0, colon), name.substr(colon + 1)};
}

bool fits_label(const layers::ImageRecord& image, const std::string& value) {
    const auto labels = layers::oci::parse_image_config(image.config).config.labels;
    const auto equals = value.find('=');
    const auto found = labels.find(value.substr(0, equals));
    return found != labels.end() && (equals == std::string::npos || found->second == value.substr(equals + 1));
}

ImageFilter make_filter(layers::Store& store, const std::string& key, const std::string& value,
                        const std::string& text) {
    if (key == "after" || key == "since" || key == "before") {
        const std::string created = require_local_image(store, value).created;
        const bool is_before = key == "before";
        return [created, is_before](const ListedImage& row) {
            return is_before ? row.image->created < created : row.image->created > created;
        };
    }
    if (key == "dangling") {
        const bool wanted = parse_truth(value, text);
        return [wanted](const ListedImage& row) { return row.name.empty() == wanted; };
    }
    if (key == "id") return [value](const ListedImage& row) { return row.image->id.hex().starts_with(value); };
    // An image that is kept only because another one stands on it: here no image needs another one.
    if (key == "intermediate") {
        const bool wanted = parse_truth(value, text);
        return [wanted](const ListedImage&) { return !wanted; };
    }
    if (key == "label") return [value](const ListedImage& row) { return fits_label(*row.image, value); };
    if (key == "readonly") {
        const bool wanted = parse_truth(value, text);
        return [wanted](const ListedImage&) { return !wanted; };
    }
    // An image that has one fitting name is shown with all its names.
    if (key == "reference")
        return [value](const ListedImage& row) {
            const auto& names = row.image->names;
            return std::any_of(names.begin(), names.end(),
                               [&](const std::string& name) { return fits_reference(name, value); });
        };
    throw Error("invalid image filter \"{}\": must be in the format \"filter=value or filter!=value\"", key)
        .with_hint("there are after, before, dangling, id, intermediate, label, readonly, reference and since");
}

}  // namespace

bool fits_reference(const std::string& name, const std::string& pattern) {
    if (name.empty()) return false;
    const auto [repository, tag] = split_tag(name);
    const auto [wanted, wanted_tag] = split_tag(pattern);
    const Glob tag_glob = Glob::parse(wanted_tag.empty() ? "*" : wanted_tag);
    if (!tag_glob.matches(tag)) return false;
    const Glob glob = Glob::parse(wanted);
    // The end of the repository's name, from any slash on.
    for (std::size_t start = 0; start != std::string::npos;) {
        if (glob.matches(repository.substr(start))) return true;
        const auto slash = repository.find('/', start);
        start = slash == std::string::npos ? slash : slash + 1;
    }
    return false;
}

ImageFilter parse_image_filter(layers::Store& store, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw Error("invalid image filter \"{}\": must be in the format \"filter=value or filter!=value\"", text);
    const bool is_negated = text[equals - 1] == '!';
    ImageFilter filter =
        make_filter(store, text.substr(0, equals - (is_negated ? 1 : 0)), text.substr(equals + 1), text);
    if (!is_negated) return filter;
    return [filter = std::move(filter)](const ListedImage& row) { return !filter(row); };
}

}  // namespace builder
