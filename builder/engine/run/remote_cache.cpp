#include "builder/engine/run/remote_cache.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "builder/engine/record/step_key.hpp"
#include "builder/images/transfer.hpp"
#include "layers/oci/manifest.hpp"
#include "registry/import_image.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using layers::Digest;
using nlohmann::json;
using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

constexpr const char* cache_type = "application/vnd.builder.cache.v1+json";
constexpr const char* diff_id_annotation = "vnd.builder.cache.diff-id";
constexpr std::size_t config_limit_bytes = 32U << 20;
/// A manifest may not grow without end: the oldest steps of others go first.
constexpr std::size_t most_entries = 2000;

/// What a cache says of one step. Without a layer it is of an image, and says when that was made.
struct Entry {
    std::string key;
    std::string step;
    std::string created;
    std::string diff_id;
    std::string below;  ///< key_of_layers() of those that it was made on
};

struct Contents {
    std::vector<Entry> entries;                     ///< newest first
    std::map<std::string, oci::Descriptor> layers;  ///< by diff ID
};

std::vector<Entry> read_entries(const json& value) {
    std::vector<Entry> entries;
    for (const runtime::JsonFields& step : runtime::JsonFields(value, "the cache").objects_or_empty("steps")) {
        // It becomes the time of an image, which others have to be able to read.
        const std::string created = step.text("created");
        if (const auto time = runtime::parse_rfc3339(created))
            entries.push_back({step.text("key"), step.text("step"), runtime::rfc3339(*time),
                               step.text_or_empty("diffId"), step.text_or_empty("below")});
    }
    return entries;
}

/// An image that was built with --cache-to type=inline: its layers are those of its configuration, in their order.
Contents read_inline(const registry::ImageSource& source, const oci::Manifest& manifest, const json& config) {
    const auto cache = config.is_object() ? config.find(RemoteCache::inline_field) : config.end();
    if (cache == config.end())
        throw Error("{} is an image that tells nothing of its steps", source.name())
            .with_hint("build it with --cache-to type=inline");
    Contents contents{read_entries(*cache), {}};
    const auto root = runtime::JsonFields(config, "the configuration").object_if_any("rootfs");
    const auto diff_ids = root ? root->texts_or_empty("diff_ids") : std::vector<std::string>();
    for (std::size_t i = 0; i < std::min(diff_ids.size(), manifest.layers.size()); ++i)
        contents.layers.emplace(diff_ids[i], manifest.layers[i]);
    return contents;
}

Contents read_contents(registry::ImageSource& source) {
    const registry::RawManifest raw = source.manifest();
    const oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
    const auto blob = source.open_blob(manifest.config);
    const json value = runtime::parse_json(runtime::read_all(*blob, config_limit_bytes, "the cache"), "the cache");
    if (manifest.config.media_type != cache_type) return read_inline(source, manifest, value);
    Contents contents{read_entries(value), {}};
    for (const oci::Descriptor& layer : manifest.layers) {
        const auto diff_id = layer.annotations.find(diff_id_annotation);
        if (diff_id != layer.annotations.end()) contents.layers.emplace(diff_id->second, layer);
    }
    return contents;
}

/// Nothing as long as one of the layers has no digest yet: nobody waits for that, as the steps above such a layer are
/// hardly known anywhere.
std::optional<std::string> key_of(const std::vector<SealedLayerPointer>& layers) {
    std::vector<Digest> diff_ids;
    for (const SealedLayerPointer& layer : layers) {
        const bool is_known = layer->diff_id.has_value();
        if (!is_known && layer->record.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
            return std::nullopt;
        diff_ids.push_back(is_known ? *layer->diff_id : layer->record.get().diff_id);
    }
    return key_of_layers(diff_ids).text();
}

std::string write_config(const std::vector<Entry>& entries) {
    json steps = json::array();
    for (const Entry& entry : entries) {
        json step{{"key", entry.key}, {"step", entry.step}, {"created", entry.created}};
        if (!entry.diff_id.empty()) step["diffId"] = entry.diff_id;
        if (!entry.below.empty()) step["below"] = entry.below;
        steps.push_back(std::move(step));
    }
    return runtime::write_json(json{{"version", 1}, {"steps", std::move(steps)}});
}

}  // namespace

std::string parse_cache_place(const std::string& text) {
    if (text.find('=') == std::string::npos) return text;
    // What says how buildx packs what it writes, or what happens here in any case: a cache never ends a build.
    static const std::set<std::string> accepted = {
        "mode",        "ignore-error",      "image-manifest",    "oci-mediatypes",
        "compression", "compression-level", "force-compression", "digest"};
    std::map<std::string, std::string> fields;
    for (const std::string_view part : runtime::split(text, ',')) {
        const auto [key, value] = runtime::split_once(part, '=');
        if (!accepted.contains(std::string(key))) fields[std::string(key)] = value;
    }
    const std::string type = fields.contains("type") ? fields["type"] : "registry";
    const std::string folder = fields.contains("dest") ? fields["dest"] : fields["src"];
    const std::string reference = fields["ref"];
    const std::string tag = fields["tag"].empty() ? "cache" : fields["tag"];
    for (const char* known : {"type", "dest", "src", "ref", "tag"}) fields.erase(known);
    if (!fields.empty()) throw Error("{}: the key {} is not known", quoted(text), quoted(fields.begin()->first));
    if (type == "registry" && !reference.empty()) return reference;
    if (type == "local" && !folder.empty()) return "oci:" + folder + ":" + tag;
    throw Error(
        "a cache is NAME, type=registry,ref=NAME, type=local,dest=FOLDER (src=FOLDER to read it), or for "
        "--cache-to type=inline, not {}",
        quoted(text));
}

/// A cache that is read.
class RemoteCache::Opened {
public:
    Opened(std::string place, registry::Registries& registries)
        : place_(std::move(place)), source_(open_source(place_, registries)), contents_(read_contents(*source_)) {
        for (const Entry& entry : contents_.entries) by_key_.emplace(entry.key, &entry);
    }

    const std::string& place() const noexcept { return place_; }
    registry::ImageSource& source() noexcept { return *source_; }
    const Entry* find(const Digest& key) const {
        const auto found = by_key_.find(key.text());
        return found == by_key_.end() ? nullptr : found->second;
    }
    const oci::Descriptor* layer(const std::string& diff_id) const {
        const auto found = contents_.layers.find(diff_id);
        return found == contents_.layers.end() ? nullptr : &found->second;
    }

private:
    std::string place_;
    std::unique_ptr<registry::ImageSource> source_;
    Contents contents_;
    std::map<std::string, const Entry*> by_key_;
};

RemoteCache::RemoteCache(layers::Store& store, Places places, registry::Registries& registries, BuildObserver& observer)
    : store_(store), places_(std::move(places)), registries_(registries), observer_(observer) {}

RemoteCache::~RemoteCache() = default;

/// When the first step misses the store: a build that is all cache asks nobody.
void RemoteCache::open_all() {
    opened_once_.run([this] {
        for (const std::string& place : places_.from) {
            try {
                opened_.push_back(std::make_unique<Opened>(place, registries_));
            } catch (const Error& error) {
                registries_.stop().throw_if_stopped();
                observer_.notice(fmt::format("the cache {} is of no use: {}", place, error.full_message()));
            }
        }
    });
}

std::optional<layers::CacheRecord> RemoteCache::find(const StepKey& key, const std::vector<SealedLayerPointer>& below) {
    if (places_.from.empty()) return std::nullopt;
    open_all();
    for (const auto& cache : opened_) {
        const Entry* const entry = cache->find(key.key);
        const oci::Descriptor* const layer = entry == nullptr ? nullptr : cache->layer(entry->diff_id);
        if (layer == nullptr || entry->below != key_of(below)) continue;
        try {
            layers::CacheRecord record{
                key.key,
                key.step,
                registry::import_layer(cache->source(), store_, *layer, Digest::parse(entry->diff_id),
                                       folders_of(below), registries_.stop()),
                entry->created,
                key.below,
                key.run};
            store_.step_records().put(record, key.inputs);
            ++hits_;
            return record;
        } catch (const Error& error) {
            registries_.stop().throw_if_stopped();
            observer_.notice(
                fmt::format("a layer of the cache {} is of no use: {}", cache->place(), error.full_message()));
        }
    }
    ++misses_;
    return std::nullopt;
}

void RemoteCache::layer_added(std::size_t, const StepKey& key, const std::vector<SealedLayerPointer>& layers) {
    if ((places_.to.empty() && !places_.is_inline) || !key.is_recorded) return;
    const std::lock_guard lock(mutex_);
    steps_.push_back({key, layers});
}

std::string RemoteCache::creation_time(const Digest& key, const std::string& otherwise) {
    if (!places_.from.empty()) open_all();
    std::string time = otherwise;
    for (const auto& cache : opened_)
        if (const Entry* const entry = cache->find(key)) {
            time = entry->created;
            break;
        }
    const std::lock_guard lock(mutex_);
    image_times_[key] = time;
    return time;
}

std::string RemoteCache::inline_text(const std::vector<SealedLayerPointer>& layers) const {
    std::vector<Entry> entries;
    for (const Step& step : steps_) {
        const auto place = std::find(layers.begin(), layers.end(), step.layers.back());
        if (place == layers.end()) continue;
        std::vector<Digest> below;
        for (auto layer = layers.begin(); layer != place; ++layer) below.push_back((*layer)->record.get().diff_id);
        entries.push_back({step.key.key.text(), step.key.step.text(), step.layers.back()->created,
                           (*place)->record.get().diff_id.text(), key_of_layers(below).text()});
    }
    return write_config(entries);
}

void RemoteCache::report() const {
    if (places_.from.empty() || hits_ + misses_ == 0) return;
    observer_.notice(fmt::format("from caches in registries: {} of {} steps that were not here, {} missed",
                                 hits_.load(), hits_ + misses_, misses_.load()));
}

void RemoteCache::write(const registry::ExportOptions& options) {
    for (const std::string& place : places_.to) {
        try {
            write_one(place, options);
        } catch (const Error& error) {
            registries_.stop().throw_if_stopped();
            observer_.notice(fmt::format("the cache {} could not be written: {}", place, error.full_message()));
        }
    }
}

void RemoteCache::write_one(const std::string& place, const registry::ExportOptions& given) {
    registry::ExportOptions options = given;
    options.format = layers::Flavour::oci;
    const auto destination = open_destination(store_, place, registries_);
    std::vector<Entry> entries;
    std::map<std::string, oci::Descriptor> layers;
    for (const Step& step : steps_) {
        std::vector<Digest> below;
        for (const SealedLayerPointer& layer : step.layers) below.push_back(layer->record.get().diff_id);
        below.pop_back();
        const layers::LayerRecord record = step.layers.back()->record.get();
        oci::Descriptor descriptor = registry::export_layer(record, store_, *destination, options, registries_.stop());
        descriptor.annotations[diff_id_annotation] = record.diff_id.text();
        layers.insert_or_assign(record.diff_id.text(), std::move(descriptor));
        entries.push_back({step.key.key.text(), step.key.step.text(), step.layers.back()->created,
                           record.diff_id.text(), key_of_layers(below).text()});
    }
    for (const auto& [key, created] : image_times_) entries.push_back({key.text(), key.text(), created, "", ""});
    // What other builds have put there stays.
    try {
        const auto before = read_contents(*open_source(place, registries_));
        std::set<std::string> known;
        for (const Entry& entry : entries) known.insert(entry.key);
        for (const Entry& entry : before.entries) {
            if (entries.size() >= most_entries || !known.insert(entry.key).second) continue;
            const auto layer = before.layers.find(entry.diff_id);
            if (!entry.diff_id.empty() && layer == before.layers.end()) continue;
            if (!entry.diff_id.empty()) layers.emplace(entry.diff_id, layer->second);
            entries.push_back(entry);
        }
    } catch (const Error&) {
        registries_.stop().throw_if_stopped();  // There is none yet, or none that can be read.
    }
    const std::string config = write_config(entries);
    oci::Manifest manifest;
    manifest.artifact_type = cache_type;
    manifest.config = oci::make_descriptor(cache_type, Digest::of(config), config.size());
    for (const auto& [diff_id, layer] : layers) manifest.layers.push_back(layer);
    if (!destination->has_blob(manifest.config.digest())) {
        runtime::MemorySource source{std::string_view(config)};
        destination->put_blob(source, manifest.config);
    }
    destination->commit({oci::write_manifest(manifest), manifest.media_type});
    observer_.notice(fmt::format("wrote {} steps to the cache {}", steps_.size(), place));
}

}  // namespace builder
