#include "builder/images/prune.hpp"

#include <charconv>
#include <ctime>
#include <limits>

#include "builder/images/image_family.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/syntax/duration.hpp"
#include "builder/syntax/mount_options.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::int64_t day_seconds = 24 * 60 * 60;

/// Days and weeks, which parse_duration() has not; nothing for other texts.
std::optional<std::int64_t> seconds_of_days(const std::string& text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const std::int64_t unit_seconds = unit == "d" ? day_seconds : unit == "w" ? 7 * day_seconds : 0;
    if (error != std::errc() || unit_seconds == 0) return std::nullopt;
    if (count < 0 || count > std::numeric_limits<std::int32_t>::max())
        throw Error("{} is no age", quoted(text)).with_hint("write it as 36h, 7d or 2w");
    return count * unit_seconds;
}

std::optional<std::int64_t> parse_date(const std::string& text) {
    for (const char* const format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
        std::tm parts{};
        if (const char* const end = ::strptime(text.c_str(), format, &parts); end != nullptr && *end == '\0')
            return ::timegm(&parts);
    }
    return std::nullopt;
}

template <typename Parse>
std::optional<std::int64_t> setting(const char* key, const std::string& text, Parse parse) {
    if (text.empty()) return std::nullopt;
    try {
        return parse(text);
    } catch (Error& error) {
        error.add_context("[store] {} of builder.toml", key);
        throw;
    }
}

}  // namespace

std::vector<layers::Digest> unwanted_images(layers::Store& store, bool all) {
    const auto lists = lists_of_images(store);
    const std::vector<layers::ImageRecord> images = store.images().list();
    ImageFamily family(images);
    std::vector<layers::Digest> unwanted;
    for (const layers::ImageRecord& image : images) {
        const bool is_wanted = !image.names.empty() || family.has_children(image.id) || lists.contains(image.id.text());
        if (!all && is_wanted) continue;
        if (!store.containers().of_image(image.id).empty()) continue;
        unwanted.push_back(image.id);
        family.forget(image.id);
    }
    return unwanted;
}

std::int64_t parse_room(const std::string& text) {
    return static_cast<std::int64_t>(parse_size(text));
}

std::int64_t parse_moment(const std::string& text) {
    if (const auto date = parse_date(text)) return *date;
    const std::int64_t now = std::time(nullptr);
    if (const auto days = seconds_of_days(text)) return now - *days;
    try {
        return now - std::chrono::duration_cast<std::chrono::seconds>(parse_duration(text)).count();
    } catch (const Error&) {
        throw Error("{} is neither an age nor a time", quoted(text)).with_hint("write it as 36h, 7d, 2w or 2024-12-31");
    }
}

layers::PruneLimits limits_of(const registry::StoreSettings& settings) {
    layers::PruneLimits limits;
    limits.keep_bytes = setting("keep-size", settings.keep_size, parse_room);
    limits.min_free_bytes = setting("min-free", settings.min_free, parse_room);
    limits.unused_since = setting("older-than", settings.older_than, parse_moment);
    return limits;
}

const char* name_of(layers::Prunable::Kind kind) {
    using Kind = layers::Prunable::Kind;
    switch (kind) {
        case Kind::image:
            return "image";
        case Kind::step:
            return "step";
        case Kind::cache_mount:
            return "cache-mount";
        case Kind::git_repository:
            return "git-repository";
        case Kind::download:
            return "download";
        case Kind::build_record:
            return "build-record";
    }
    return "";
}

}  // namespace builder
