#include "builder/cli/flags/image_filters.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <set>

#include "builder/images/image_family.hpp"
#include "builder/images/local_images.hpp"
#include "builder/syntax/glob.hpp"
#include "layers/oci/image_config.hpp"
#include "runtime/base/clock.hpp"
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

/// The name may be a pattern.
bool fits_label(const layers::ImageRecord& image, const std::string& value) {
    const auto labels = layers::oci::parse_image_config(image.config).config.labels;
    const auto equals = value.find('=');
    const std::string name = value.substr(0, equals);
    return std::any_of(labels.begin(), labels.end(), [&](const auto& label) {
        const bool is_meant = label.first == name || ::fnmatch(name.c_str(), label.first.c_str(), 0) == 0;
        return is_meant && (equals == std::string::npos || label.second == value.substr(equals + 1));
    });
}

/// The moment before which an image has to be made: a date, a time, or seconds since 1970.
std::int64_t parse_until(const std::string& value) {
    std::tm parts{};
    for (const char* const format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"})
        if (const char* const end = ::strptime(value.c_str(), format, &parts); end != nullptr && *end == '\0')
            return ::timegm(&parts);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size()) return seconds;
    throw Error("failed to parse value as time or duration: \"{}\"", value)
        .with_hint("it takes 2024-12-31, or seconds since 1970");
}

/// A whole name is meant as such, and then only that name of the image is.
bool is_whole_name(const std::string& pattern) {
    const std::size_t slash = pattern.find('/');
    const std::string host = pattern.substr(0, slash);
    return slash != std::string::npos && split_tag(pattern).second != "" &&
           pattern.find_first_of("*?[") == std::string::npos &&
           (host == "localhost" || host.find_first_of(".:") != std::string::npos);
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
        const ImageFamily family(store.images().list());
        return [wanted, family](const ListedImage& row) {
            return (row.name.empty() && !family.is_intermediate(*row.image)) == wanted;
        };
    }
    if (key == "id") return [value](const ListedImage& row) { return row.image->id.hex().starts_with(value); };
    if (key == "intermediate") {
        const bool wanted = parse_truth(value, text);
        const ImageFamily family(store.images().list());
        return [wanted, family](const ListedImage& row) { return family.is_intermediate(*row.image) == wanted; };
    }
    if (key == "label") return [value](const ListedImage& row) { return fits_label(*row.image, value); };
    if (key == "readonly") {
        const bool wanted = parse_truth(value, text);
        return [wanted](const ListedImage& row) { return row.is_read_only == wanted; };
    }
    if (key == "until") {
        const std::int64_t seconds = parse_until(value);
        return [seconds](const ListedImage& row) {
            const auto created = runtime::parse_rfc3339(row.image->created);
            return created && created->tv_sec < seconds;
        };
    }
    if (key == "manifest") {
        const bool wanted = parse_truth(value, text);
        return [wanted](const ListedImage& row) { return row.image->manifest.empty() == wanted; };
    }
    if (key == "digest") {
        if (!value.starts_with("sha256:")) throw Error("invalid value \"{}\" for digest filter", value);
        return [value](const ListedImage& row) { return row.image->manifest_digest.text().starts_with(value); };
    }
    if (key == "containers") {
        if (value != "true" && value != "false") throw Error("unsupported value \"{}\" for containers filter", value);
        std::set<std::string> used;
        for (const layers::ContainerRecord& container : store.containers().list())
            if (container.image_id) used.insert(container.image_id->text());
        return [used, wanted = value == "true"](const ListedImage& row) {
            return used.contains(row.image->id.text()) == wanted;
        };
    }
    // An image that has one fitting name is shown with all its names.
    if (key == "reference" && is_whole_name(value))
        return [value](const ListedImage& row) { return row.name == value; };
    if (key == "reference")
        return [value](const ListedImage& row) {
            const auto& names = row.image->names;
            return std::any_of(names.begin(), names.end(),
                               [&](const std::string& name) { return fits_reference(name, value); });
        };
    throw Error("invalid image filter \"{}\": must be in the format \"filter=value or filter!=value\"", key)
        .with_hint(
            "there are after, before, containers, dangling, digest, id, intermediate, label, manifest, readonly, "
            "reference, since and until");
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
    if (text.empty()) return [](const ListedImage&) { return true; };
    if (equals == std::string::npos || equals == 0)
        throw Error("invalid image filter \"{}\": must be in the format \"filter=value or filter!=value\"",
                    text.substr(0, equals));
    const bool is_negated = text[equals - 1] == '!';
    ImageFilter filter =
        make_filter(store, text.substr(0, equals - (is_negated ? 1 : 0)), text.substr(equals + 1), text);
    if (!is_negated) return filter;
    return [filter = std::move(filter)](const ListedImage& row) { return !filter(row); };
}

}  // namespace builder
