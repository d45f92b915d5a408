#include "builder/images/commit_image.hpp"

#include <algorithm>

#include "builder/images/local_images.hpp"
#include "layers/media_type.hpp"
#include "layers/oci/manifest.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using layers::Digest;
namespace oci = layers::oci;
namespace media_type = layers::media_type;

std::vector<layers::LayerRecord> wait_for_layers(const StageState& state) {
    std::vector<layers::LayerRecord> records;
    for (const SealedLayerPointer& layer : state.layers) records.push_back(layer->record.get());
    return records;
}

/// When an image like this one was made first, as far as the cache knows. This is what makes a build without changes
/// give the same image: its time is not the time of the build.
struct CreationTime {
    std::string text;
    bool was_known = false;
};

CreationTime creation_time(layers::Store& store, const oci::ImageConfig& config, const CommitOptions& options) {
    if (options.times.clamp_seconds) return {runtime::rfc3339(timespec{*options.times.clamp_seconds, 0})};
    const std::string now = runtime::rfc3339_now();
    if (!options.use_cache) return {now};
    const Digest key = Digest::of("image" + oci::write_image_config(config));
    const auto known = store.step_records().find(key, "");
    const std::string local = known ? known->created : now;
    const std::string created = options.creation_time ? options.creation_time(key, local) : local;
    if (!known || created != local) store.step_records().put({key, key, std::nullopt, created}, {});
    return {created, known.has_value()};
}

bool is_later(const std::string& time, std::int64_t seconds) {
    const auto parsed = runtime::parse_rfc3339(time);
    return !parsed || parsed->tv_sec > seconds || (parsed->tv_sec == seconds && parsed->tv_nsec > 0);
}

/// With an epoch, nothing in an image that is built is later: neither steps that came from the cache, nor those of the
/// base image.
void set_times(oci::ImageConfig& config, const std::string& created, const CommitOptions& options) {
    const bool limits = options.limits_history && options.times.clamp_seconds.has_value();
    const std::int64_t limit = options.times.clamp_seconds.value_or(0);
    config.created = created;
    for (oci::HistoryEntry& entry : config.history)
        if (entry.created.empty() || (limits && is_later(entry.created, limit))) entry.created = created;
}

using Annotations = std::map<std::string, std::string>;

/// Docker's manifests have none.
Annotations annotations_of(const StageState& state, const CommitOptions& options) {
    if (options.format != layers::Flavour::oci) return {};
    Annotations annotations = state.annotations;
    if (options.notes_creation) annotations["org.opencontainers.image.created"] = state.config.created;
    for (const auto& [name, value] : options.annotations) annotations[name] = value;
    return annotations;
}

std::string write_manifest_for(const std::string& config, const std::vector<layers::LayerRecord>& layers,
                               const Annotations& annotations, const CommitOptions& options) {
    oci::Manifest manifest;
    manifest.media_type = media_type::manifest(options.format);
    manifest.config = oci::make_descriptor(media_type::config(options.format), Digest::of(config), config.size());
    const std::string layer_type = media_type::layer({layers::Compression::none, false, options.format});
    for (const layers::LayerRecord& layer : layers)
        manifest.layers.push_back(
            oci::make_descriptor(layer_type, layer.diff_id, static_cast<std::uint64_t>(layer.tar_bytes)));
    manifest.annotations = annotations;
    return oci::write_manifest(manifest);
}

/// Whether what the manifest says besides configuration and layers is what is wanted.
bool says_the_same(const layers::ImageRecord& image, const Annotations& annotations, const CommitOptions& options) {
    if (image.media_type != media_type::manifest(options.format)) return false;
    return oci::parse_manifest(image.manifest, image.media_type).annotations == annotations;
}

void refuse_secret(const layers::SecretPatterns& secrets, const std::string& text, const std::string& what) {
    const auto found = secrets.find_in(text);
    if (!found) return;
    throw runtime::Error("{} would carry the secret {} into the image, {}", what, runtime::quoted(found->secret),
                         found->name)
        .with_hint("a secret belongs into RUN --mount=type=secret, not into ARG, ENV, LABEL or a command");
}

/// The instruction that a text of the history is of, as history_text.hpp makes them.
std::string keyword_of(const std::string& created_by) {
    constexpr std::string_view of_others = "#(nop) ";
    const std::size_t place = created_by.find(of_others);
    if (place == std::string::npos) return "RUN";
    const std::size_t begin = place + of_others.size();
    return created_by.substr(begin, created_by.find(' ', begin) - begin);
}

/// The parts first, so that the message can name the one at fault.
void refuse_secrets(const layers::SecretPatterns& secrets, const oci::ImageConfig& config,
                    const layers::NewImage& image) {
    for (const std::string& variable : config.config.env)
        refuse_secret(secrets, variable, "the variable " + runtime::quoted(variable.substr(0, variable.find('='))));
    for (const auto& [name, value] : config.config.labels)
        refuse_secret(secrets, value, "the label " + runtime::quoted(name));
    for (std::size_t i = 0; i < config.history.size(); ++i)
        refuse_secret(secrets, config.history[i].created_by,
                      fmt::format("entry {} of the history ({} …)", i + 1, keyword_of(config.history[i].created_by)));
    refuse_secret(secrets, image.config, "the image's configuration");
    refuse_secret(secrets, image.manifest, "the image's manifest");
}

/// What nobody could read again is not written.
void refuse_too_large(const std::string& text, std::size_t limit_bytes, const std::string& what) {
    if (text.size() <= limit_bytes) return;
    throw runtime::Error("{} would have {} bytes, more than the {} that are read", what, text.size(), limit_bytes)
        .with_hint("labels, variables and history take the room; put large values into files");
}

/// Whether nobody took any of a base's annotations away. Those that name its own base were replaced.
bool has_annotations_of(const StageState& state, const layers::ImageRecord& base) {
    const Annotations inherited = annotations_to_inherit(base);
    return std::all_of(inherited.begin(), inherited.end(), [&](const auto& annotation) {
        if (annotation.first.starts_with("org.opencontainers.image.base.")) return true;
        const auto kept = state.annotations.find(annotation.first);
        return kept != state.annotations.end() && kept->second == annotation.second;
    });
}

/// What made an image does not count where nothing was made.
oci::ImageConfig with_identity_of(const oci::ImageConfig& before, oci::ImageConfig made) {
    auto& labels = made.config.labels;
    if (labels.erase(identity_label) == 0) return made;
    if (const auto old = before.config.labels.find(identity_label); old != before.config.labels.end())
        labels.insert(*old);
    return made;
}

/// The image that the stage began with, where nothing was made of it: a build of `FROM x` alone names x.
std::optional<layers::ImageRecord> unchanged_base(layers::Store& store, const StageState& state,
                                                  const oci::ImageConfig& made, const CommitOptions& options) {
    if (!state.base_image || options.times.clamp_seconds || !options.annotations.empty()) return std::nullopt;
    auto base = store.images().find(*state.base_image);
    if (!base || base->media_type != media_type::manifest(options.format)) return std::nullopt;
    oci::ImageConfig config = oci::parse_image_config(base->config);
    oci::become_base(config);
    config.created.clear();
    if (oci::write_image_config(config) != oci::write_image_config(made)) return std::nullopt;
    if (!has_annotations_of(state, *base)) return std::nullopt;
    for (const std::string& name : options.names) store.images().add_name(base->id, name);
    return store.images().find(base->id);
}

/// The image as it is known, where it says the same under each of these names.
std::optional<layers::ImageRecord> find_unchanged(layers::Store& store, const Digest& id,
                                                  const Annotations& annotations, const CommitOptions& options) {
    auto image = store.images().find(id);
    if (!image || !says_the_same(*image, annotations, options)) return std::nullopt;
    for (const std::string& name : options.names) {
        const auto named = store.images().find_by_name(name);
        if (!named || named->id != id || !says_the_same(*named, annotations, options)) return std::nullopt;
    }
    return image;
}

}  // namespace

CommittedImage commit_image(layers::Store& store, StageState state, const CommitOptions& options) {
    const std::vector<layers::LayerRecord> layers = wait_for_layers(state);
    oci::ImageConfig& config = state.config;
    config.created.clear();
    config.diff_ids.clear();
    for (const layers::LayerRecord& layer : layers) config.diff_ids.push_back(layer.diff_id);
    const oci::ImageConfig of_base = config;
    for (const auto& [name, value] : options.labels) config.config.labels[name] = value;
    if (options.adjust) options.adjust(config);
    if (auto base = unchanged_base(store, state, with_identity_of(of_base, config), options)) return {*std::move(base)};
    const CreationTime time = creation_time(store, config, options);
    set_times(config, time.text, options);
    layers::NewImage image;
    image.config = oci::write_image_config(config);
    const Annotations annotations = annotations_of(state, options);
    image.manifest = write_manifest_for(image.config, layers, annotations, options);
    image.media_type = media_type::manifest(options.format);
    image.created = config.created;
    image.layers = layers;
    image.names = options.names;
    refuse_too_large(image.config, oci::config_limit_bytes, "the image's configuration");
    refuse_too_large(image.manifest, oci::manifest_limit_bytes, "the image's manifest");
    if (options.secrets) refuse_secrets(*options.secrets, config, image);
    const bool is_timed = options.use_cache && options.times.clamp_seconds;
    const bool was_known = is_timed ? store.images().find(Digest::of(image.config)).has_value() : time.was_known;
    if (auto known = find_unchanged(store, Digest::of(image.config), annotations, options))
        return {*std::move(known), was_known};
    const bool is_new = !store.images().find(Digest::of(image.config));
    layers::ImageRecord record = store.images().put(image);
    runtime::log_debug("the image {} is recorded: {} layers, names {}", record.id.text(), layers.size(),
                       fmt::join(options.names, " "));
    return {std::move(record), was_known, is_new};
}

}  // namespace builder
