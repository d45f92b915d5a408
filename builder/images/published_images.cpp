#include "builder/images/published_images.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "builder/images/manifest_list.hpp"
#include "layers/oci/index.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using registry::PublishedImage;

/// One text that is no time would keep Podman from reading the whole table.
std::string time_for_tables(const std::string& created) {
    constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999
    const auto time = runtime::parse_rfc3339(created);
    return time && time->tv_sec >= 0 && time->tv_sec <= last_second ? runtime::rfc3339(*time) : "0001-01-01T00:00:00Z";
}

/// The number that so many digits at the front of a text are, which are taken off; nothing where they are no digits.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
    unsigned number = 0;
    if (text.size() < count) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(text[i] - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, char letter) {
    if (!text.starts_with(letter)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_below(std::string_view& text, unsigned limit) {
    const auto number = take_digits(text, 2);
    return number && *number < limit;
}

/// RFC 3339 as Go's time package takes it: "T" and "Z" in upper case, a day and a second that there is. By hand, for
/// images bring these texts along: std::regex takes stack for each letter.
bool is_time_of_go(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return false;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return false;
    const auto day = take_digits(text, 2);
    using namespace std::chrono;
    if (!day ||
        !year_month_day{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month), std::chrono::day(*day)}
             .ok())
        return false;
    if (!take(text, 'T') || !take_below(text, 24) || !take(text, ':') || !take_below(text, 60) || !take(text, ':') ||
        !take_below(text, 60))
        return false;
    if (take(text, '.')) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
        if (digits == 0) return false;
        text.remove_prefix(digits);
    }
    if (text == "Z") return true;
    if (!take(text, '+') && !take(text, '-')) return false;
    return take_below(text, 24) && take(text, ':') && take_below(text, 60) && text.empty();
}

bool has_good_time(const nlohmann::json& object) {
    const auto created = object.find("created");
    if (created == object.end() || created->is_null()) return true;
    return created->is_string() && is_time_of_go(created->get_ref<const std::string&>());
}

/// Whether Podman can read the times of a configuration. One that it cannot would keep it from listing any image.
bool has_good_times(const std::string& config) {
    const nlohmann::json value = nlohmann::json::parse(config, nullptr, false);
    if (!value.is_object() || !has_good_time(value)) return false;
    const auto history = value.find("history");
    if (history == value.end() || history->is_null()) return true;
    return history->is_array() && std::all_of(history->begin(), history->end(), [](const nlohmann::json& entry) {
               return entry.is_object() && has_good_time(entry);
           });
}

class Gathering {
public:
    explicit Gathering(layers::Store& store)
        : store_(store),
          root_(std::filesystem::weakly_canonical(store.location().root).string()),
          manifests_(store.images().manifests_of_names()) {}

    PublishedImages gather() {
        std::vector<layers::ImageRecord> images = store_.images().list();
        // What came first stays first: the same images give the same tables.
        std::reverse(images.begin(), images.end());
        for (const layers::ImageRecord& image : images) add(image);
        for (const std::string& name : store_.manifest_lists().list()) add_list(name);
        return std::move(found_);
    }

private:
    void add(const layers::ImageRecord& image) {
        if (!has_good_times(image.config)) {
            found_.unreadable.push_back(image.id.text());
            return;
        }
        try {
            const std::vector<layers::LayerRecord> records = store_.layers().of_image(image.id);
            if (!std::all_of(records.begin(), records.end(), [this](const auto& one) { return is_there(one); })) return;
            PublishedImage shown{std::string(image.id.hex()),
                                 image.manifest_digest.text(),
                                 add_layers(records, image),
                                 time_for_tables(image.created),
                                 image.names,
                                 {}};
            shown.data["manifest"] = image.manifest;
            shown.data["manifest-" + image.manifest_digest.text()] = image.manifest;
            shown.data[image.id.text()] = image.config;
            for (auto [one, end] = manifests_.equal_range(image.id.text()); one != end; ++one)
                shown.data["manifest-" + layers::Digest::of(one->second).text()] = one->second;
            found_.images.push_back(std::move(shown));
        } catch (const runtime::Error& error) {  // removed meanwhile
            runtime::log_debug("the image {} is not published: {}", image.id.text(), error.full_message());
        }
    }

    /// Its names are those of SHA-256.
    bool is_there(const layers::LayerRecord& layer) {
        if (layer.diff_id.algorithm() != layers::Algorithm::sha256) return false;
        const auto [known, is_new] = there_.try_emplace(layer.id, false);
        if (is_new) known->second = layer.is_there();
        return known->second;
    }

    /// Gives the ID of the topmost one.
    std::string add_layers(const std::vector<layers::LayerRecord>& records, const layers::ImageRecord& image) {
        std::vector<std::string> ids;  // the topmost first
        std::vector<std::string> folders;
        for (const layers::LayerRecord& record : records) {
            const std::string parent = ids.empty() ? "" : ids.front();
            const std::string id = registry::published_layer_id(parent, record.diff_id);
            if (found_.records.emplace(id, record).second)
                found_.layers.push_back({id, parent, record.diff_id, record.tar_bytes, time_for_tables(image.created),
                                         absolute(record.folder), mounted_below(ids, folders, record.folder)});
            ids.insert(ids.begin(), id);
            folders.insert(folders.begin(), record.folder);
        }
        return ids.empty() ? "" : ids.front();
    }

    /// The root may be a path from where this command was called.
    std::string absolute(const std::string& folder) const {
        return root_ + folder.substr(store_.location().root.size());
    }

    /// overlayfs takes no folder twice; what is in the upper one hides the lower one whole.
    static std::vector<std::string> mounted_below(const std::vector<std::string>& ids,
                                                  const std::vector<std::string>& folders, const std::string& top) {
        std::set<std::string> seen = {top};
        std::vector<std::string> below;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (seen.insert(folders[i]).second) below.push_back(ids[i]);
        return below;
    }

    /// A list under several names is one image with several names.
    void add_list(const std::string& name) {
        const auto list = store_.manifest_lists().find(name);
        if (!list) return;
        const std::string digest = layers::Digest::of(list->document).text();
        const std::string id = digest.substr(digest.find(':') + 1);
        const auto known = std::find_if(found_.images.begin(), found_.images.end(),
                                        [&](const PublishedImage& image) { return image.id == id; });
        if (known != found_.images.end()) return known->names.push_back(name);
        PublishedImage shown{id, digest, "", "0001-01-01T00:00:00Z", {name}, {}};
        if (const auto readable = ManifestList::find(store_, name); readable && !readable->created().empty())
            shown.created = time_for_tables(readable->created());
        shown.data["manifest"] = list->document;
        shown.data["manifest-" + digest] = list->document;
        shown.data["instances.json"] = "{}";
        found_.images.push_back(std::move(shown));
    }

    layers::Store& store_;
    std::string root_;
    std::multimap<std::string, std::string> manifests_;
    std::map<std::int64_t, bool> there_;
    PublishedImages found_;
};

}  // namespace

PublishedImages images_to_publish(layers::Store& store) {
    return Gathering(store).gather();
}

}  // namespace builder
