#include "builder/images/transfer.hpp"

#include <algorithm>

#include "builder/images/additional_stores.hpp"
#include "builder/images/local_images.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/oci/platform.hpp"
#include "registry/encryption/encrypted_layers.hpp"
#include "registry/http/http_client.hpp"
#include "registry/import_image.hpp"
#include "registry/remote/docker_daemon.hpp"
#include "registry/remote/remote_image.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/blob_cache.hpp"
#include "registry/transport/containers_storage.hpp"
#include "registry/transport/local_transports.hpp"
#include "registry/transport/transfer_observer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"

namespace builder {
namespace {

using layers::ImageRecord;
using registry::ImageLocation;
using registry::Reference;
using registry::Transport;
using runtime::Error;
using runtime::quoted;

void check_policy(const ImageLocation& location, registry::Registries& registries) {
    const std::string text = location.text();
    registries.policy().check(text.substr(0, text.find(':')), location.path);
}

using Keys = std::vector<registry::CryptKey>;

ImageRecord import(layers::Store& store, registry::ImageSource& source, const std::string& platform,
                   registry::Registries& registries, const Keys& keys) {
    const std::string& cache = registries.options().blob_cache;
    const auto cached = cache.empty() ? nullptr : registry::with_blob_cache(source, cache);
    registry::ImageSource& fetched = cached ? *cached : source;
    const auto opened = keys.empty() ? nullptr : registry::decrypted(fetched, keys, store.staging());
    registry::ImageSource& place = opened ? *opened : fetched;
    const auto& observer = registries.options().observer;
    const auto told = observer ? registry::followed(place, *observer) : nullptr;
    if (observer) observer->image_begins();
    ImageRecord image =
        registry::import_image(told ? *told : place, store, layers::parse_platform(platform), registries.stop());
    if (observer) observer->image_ends(image.manifest);
    return image;
}

/// Buildah's sentence in front of why an image could not be had.
Error copy_failed(const std::string& source, const Error& reason) {
    const std::size_t begin = source.find("//") + 2;
    std::string act = "unable to copy from source " + source + ": ";
    // What failed on this machine is not the source's fault.
    if (dynamic_cast<const runtime::SystemError*>(&reason) == nullptr) act += "initializing source " + source + ": ";
    if (dynamic_cast<const registry::ConnectionError*>(&reason) != nullptr)
        act += "pinging container registry " + source.substr(begin, source.find('/', begin) - begin) + ": ";
    Error error("{}{}", act, reason.full_message());
    error.with_hint(reason.hint()).with_exit_code(reason.exit_code());
    return error;
}

/// The first of several names that a registry has. Where none does, the first one's error says why.
ImageRecord pull_first(layers::Store& store, const std::vector<Reference>& names, const std::string& platform,
                       registry::Registries& registries, const Keys& keys) {
    std::optional<Error> first_error;
    for (const Reference& name : names) {
        const std::string kept = name.for_pull().text();
        try {
            if (registries.options().observer) registries.options().observer->image_asked(kept);
            const auto source = registry::open_remote_image(registries, name);
            ImageRecord image = import(store, *source, platform, registries, keys);
            store.images().add_name(image, kept);
            return store.images().find_by_name(kept).value();
        } catch (const Error& error) {
            registries.stop().throw_if_stopped();
            if (!first_error) first_error = copy_failed("docker://" + name.for_pull().familiar_text(), error);
        }
    }
    throw Error(*first_error);
}

/// `is_whole`: written as docker://NAME, which is searched nowhere else than on docker.io.
std::vector<Reference> names_in_registries(const std::string& text, bool is_whole, registry::Registries& registries) {
    if (is_whole || names_host(text)) return {Reference::parse(text)};
    std::vector<Reference> names = registries.conf().expand_short_name(text);
    const auto& observer = registries.options().observer;
    if (const std::string how = registries.conf().how_resolved(text); observer && !how.empty())
        observer->name_resolved(how);
    return names;
}

/// The store has the image, but of another platform.
ImageRecord pull_other_platform(layers::Store& store, const std::string& text, const ImageRecord& local,
                                const std::vector<Reference>& names, const std::string& platform,
                                registry::Registries& registries, const Keys& keys) {
    try {
        return pull_first(store, names, platform, registries, keys);
    } catch (const Error& reason) {
        registries.stop().throw_if_stopped();
        Error error("the image {} is in the store for {} only, not for {}, and it cannot be pulled: {}", quoted(text),
                    layers::format_platform(platform_of(local)), platform, reason.full_message());
        throw error.with_hint(reason.hint());
    }
}

/// What is in the store is good enough where nothing newer can be had.
ImageRecord pull_if_possible(layers::Store& store, const std::vector<Reference>& names, const std::string& platform,
                             registry::Registries& registries, const Keys& keys, ImageRecord local) {
    try {
        return pull_first(store, names, platform, registries, keys);
    } catch (const Error&) {
        registries.stop().throw_if_stopped();
        return local;
    }
}

ImageRecord pull_missing(layers::Store& store, const std::string& text, bool is_whole, const std::string& platform,
                         registry::Registries& registries, const Keys& keys) {
    try {
        return pull_first(store, names_in_registries(text, is_whole, registries), platform, registries, keys);
    } catch (const Error& reason) {
        registries.stop().throw_if_stopped();
        try {
            require_local_image(store, text);
        } catch (const Error& missing) {
            Error error("{}", reason.full_message());
            // A name nearly like one that is here is likelier than one of an image that nobody has.
            throw error.with_hint(missing.hint().starts_with("did you mean") ? missing.hint() : reason.hint());
        }
        throw;
    }
}

}  // namespace

Destinations parse_destinations(const std::vector<std::string>& texts) {
    Destinations result;
    for (const std::string& text : texts) {
        const auto location = registry::parse_image_location(text);
        if (location && location->transport == Transport::store && registry::names_own_storage(location->name))
            throw Error("cannot write to {}: other stores are only read", quoted(text))
                .with_hint("write to oci-archive: or docker://, and let the other tool pull from there");
        if (!location || location->transport == Transport::store)
            result.names.push_back(name_for_tagging(location ? location->name : text));
        else
            result.places.push_back(text);
        if (location && location->transport == Transport::registry) static_cast<void>(Reference::parse(location->name));
    }
    return result;
}

void check_destinations_for_signing(const Destinations& destinations) {
    if (destinations.places.empty())
        throw Error("--sign-by signs what goes to a registry, and nothing does")
            .with_hint("name a destination: docker://NAME:TAG");
    for (const std::string& place : destinations.places) registry::check_can_be_signed(place);
}

PullPolicy parse_pull_policy(const std::string& text, const std::string& flag) {
    const std::string word = runtime::in_lower_case(text);
    if (word == "missing" || word == "ifmissing" || word == "notpresent") return PullPolicy::missing;
    if (word == "always" || word == "true") return PullPolicy::always;
    if (word == "never" || word == "false") return PullPolicy::never;
    if (word == "newer" || word == "ifnewer") return PullPolicy::newer;
    throw Error("unrecognized pull policy \"{}\"", text).with_hint(flag + " takes always, missing, never or newer");
}

ImageRecord obtain_image(layers::Store& store, const std::string& text, const std::string& platform, PullPolicy policy,
                         registry::Registries& registries, const std::vector<registry::CryptKey>& keys) {
    const auto location = registry::parse_image_location(text);
    if (location && location->transport != Transport::registry)
        return *import_from(store, location->text(), platform, registries, keys);
    const std::string name = location ? location->name : text;
    if (!location && policy != PullPolicy::always) bring_from_additional_stores(store, name, registries.stop());
    const bool is_local_only = registry::is_image_id(name) || name.starts_with("sha256:");
    auto fitting = is_local_only ? std::nullopt : find_local_image_for(store, name, platform);
    // The beginning of an ID, as commands print it. A shorter one may be a name of a registry.
    constexpr std::size_t printed_digits = 12;
    if (!location && !fitting && name.size() >= printed_digits)
        if (auto known = find_local_image(store, name); known && known->id.hex().starts_with(name))
            return *std::move(known);
    if (fitting && (policy == PullPolicy::never || policy == PullPolicy::missing)) return *std::move(fitting);
    const auto local = find_local_image(store, name);
    if (policy == PullPolicy::never || is_local_only) return local ? *local : require_local_image(store, name);
    if (!local) return pull_missing(store, name, location.has_value(), platform, registries, keys);
    const auto names = names_in_registries(name, location.has_value(), registries);
    if (policy == PullPolicy::always) return pull_first(store, names, platform, registries, keys);
    if (fitting) return pull_if_possible(store, names, platform, registries, keys, *std::move(fitting));
    return pull_other_platform(store, name, *local, names, platform, registries, keys);
}

namespace {

/// The canonical names that a text may stand for; none for an image of the store that has no name.
std::vector<std::string> names_for_rules(layers::Store& store, const std::string& name, bool is_whole,
                                         registry::Registries& registries) {
    if (const auto local = find_local_image(store, name)) {
        const std::string known = name_of_image(*local, name);
        return known.empty() ? std::vector<std::string>{} : std::vector{known};
    }
    if (registry::is_image_id(name)) return {};
    std::vector<std::string> names;
    for (const Reference& one : names_in_registries(name, is_whole, registries)) names.push_back(one.for_pull().text());
    return names;
}

}  // namespace

ImageRecord obtain_allowed_image(layers::Store& store, const std::string& text, const std::string& platform,
                                 PullPolicy policy, registry::Registries& registries, const SourcePolicy& rules,
                                 const std::vector<registry::CryptKey>& keys) {
    const auto location = registry::parse_image_location(text);
    if (location && location->transport != Transport::registry) {
        static_cast<void>(rules.apply({text}));
        return obtain_image(store, text, platform, policy, registries, keys);
    }
    const std::string name = location ? location->name : text;
    std::optional<Error> first_error;
    for (const std::string& one : names_for_rules(store, name, location.has_value(), registries)) {
        try {
            return obtain_image(store, rules.image(one), platform, policy, registries, keys);
        } catch (const Error& error) {
            registries.stop().throw_if_stopped();
            if (!first_error) first_error = error;
        }
    }
    if (first_error) throw Error(*first_error);
    static_cast<void>(rules.image(name));
    return obtain_image(store, name, platform, policy, registries, keys);
}

std::unique_ptr<registry::ImageSource> open_source(const std::string& place, registry::Registries& registries) {
    const auto location = registry::parse_image_location(place);
    if (!location)
        return registry::open_remote_image(registries, names_in_registries(place, false, registries).front());
    if (location->transport == Transport::registry)
        return registry::open_remote_image(registries, Reference::parse(location->name));
    check_policy(*location, registries);
    if (location->transport == Transport::docker_daemon)
        return registry::open_daemon_image(registries.client(), location->name);
    if (location->transport != Transport::store) return registry::open_local_source(*location);
    if (auto source = registry::open_containers_storage(location->name)) return source;
    throw Error("there is no image {} in the store of podman and its relatives", quoted(location->name));
}

std::optional<ImageRecord> import_from(layers::Store& store, const std::string& text, const std::string& platform,
                                       registry::Registries& registries, const std::vector<registry::CryptKey>& keys) {
    const auto location = registry::parse_image_location(text);
    if (!location) return std::nullopt;
    if (location->transport == Transport::store && !registry::names_own_storage(location->name))
        if (auto image = find_local_image(store, location->name)) {
            if (const auto& observer = registries.options().observer) {
                observer->image_begins();
                observer->image_ends(image->manifest);
            }
            return image;
        }
    const auto source = open_source(text, registries);
    return import(store, *source, platform, registries, keys);
}

std::unique_ptr<registry::ImageDestination> open_destination(layers::Store& store, const std::string& place,
                                                             registry::Registries& registries,
                                                             const std::vector<std::string>& names) {
    const auto location = registry::parse_image_location(place);
    if (!location) return registry::make_remote_image(registries, store, Reference::parse(place));
    if (location->transport == Transport::registry)
        return registry::make_remote_image(registries, store, Reference::parse(location->name));
    if (location->transport == Transport::docker_daemon)
        return registry::make_daemon_image(registries.client(), location->name);
    return registry::make_local_destination(*location, registries.stop(), names);
}

namespace {

registry::ExportOptions packing_for(const std::string& place, registry::ExportOptions options) {
    const auto location = registry::parse_image_location(place);
    if (options.is_plain_in_files && location && registry::is_local(location->transport)) {
        options.compression = layers::Compression::none;
        options.force_compression = true;
    }
    return options;
}

}  // namespace

layers::oci::Descriptor export_to(layers::Store& store, const ImageRecord& image, const std::string& place,
                                  const registry::ExportOptions& options, registry::Registries& registries) {
    const auto destination = open_destination(store, place, registries, image.names);
    const auto& observer = registries.options().observer;
    const auto told = observer ? registry::followed(*destination, *observer) : nullptr;
    if (observer) observer->image_begins();
    auto written = registry::export_image(image, store, told ? *told : *destination, packing_for(place, options),
                                          registries.stop());
    if (observer) observer->image_ends(image.manifest);
    return written;
}

}  // namespace builder
