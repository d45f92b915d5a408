#include "builder/cli/flags/docker_build_flags.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"
#include "runtime/base/letter_case.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

Flag hidden(Flag flag) {
    flag.hidden = true;
    return flag;
}

/// --attest type=provenance,disabled=true and the like ask for what is so anyway.
Flag attest_flag() {
    Flag result{"attest", 0, "SPEC", "attestations; only disabled=true is taken, for none are made"};
    result.set = [](const std::string& text) {
        for (const std::string_view part : runtime::split(text, ','))
            if (part == "disabled=true") return;
        throw Error("--attest {}: builder makes no attestations", quoted(text)).with_hint("leave it out");
    };
    return hidden(std::move(result));
}

Flag builder_flag() {
    Flag result{"builder", 0, "NAME", "accepted: there is one builder"};
    result.set = [](const std::string&) {};
    return hidden(std::move(result));
}

/// "index:k" gives "index" and "k"; a key without a type is of the manifest. A platform in brackets is not for builds
/// of one file.
std::pair<std::string, std::string> split_type(const std::string& key) {
    constexpr std::array types = {"manifest", "index", "manifest-descriptor", "index-descriptor"};
    const std::size_t colon = key.find(':');
    if (colon == std::string::npos) return {"manifest", key};
    const std::string type = key.substr(0, colon);
    if (std::find(types.begin(), types.end(), type) != types.end()) return {type, key.substr(colon + 1)};
    if (type.find('[') != std::string::npos)
        throw Error("--annotation {}: a platform in brackets is not taken", quoted(key))
            .with_hint("manifest: is for all platforms");
    return {"manifest", key};
}

}  // namespace

std::vector<Flag> docker_build_flags(BuildImageRequest& request) {
    Flag filter{"no-cache-filter", 0, "STAGE", "do not use cached steps of these stages; several between commas"};
    filter.set = [&request](const std::string& text) {
        for (const std::string_view name : runtime::split(text, ','))
            if (!name.empty()) request.no_cache_filter.push_back(runtime::in_lower_case(name));
    };
    Flag provenance = missing_flag("provenance", 0, "VALUE", "make an attestation of provenance");
    provenance.optional_value = "true";
    return {std::move(filter), hidden(std::move(provenance)), attest_flag(), builder_flag()};
}

void sort_annotations(BuildImageRequest& request, bool makes_index) {
    std::map<std::string, std::string> own;
    for (const auto& [given, value] : request.annotations) {
        const auto [type, key] = split_type(given);
        if (type != "manifest" && !makes_index)
            throw Error("--annotation {}: one image has no index", quoted(given))
                .with_hint("an index is made for several platforms: --platform linux/amd64,linux/arm64");
        if (type == "index")
            request.index_annotations[key] = value;
        else if (type == "manifest-descriptor")
            request.descriptor_annotations[key] = value;
        else if (type == "index-descriptor")
            throw Error("--annotation {}: nothing here describes an index", quoted(given));
        else
            own[key] = value;
    }
    request.annotations = std::move(own);
}

namespace {

/// With other keys of buildx, which mean nothing here.
bool is_inline(const std::string& place) {
    for (const std::string_view part : runtime::split(place, ','))
        if (part == "type=inline") return true;
    return false;
}

}  // namespace

void take_inline_cache(BuildImageRequest& request) {
    std::vector<std::string> others;
    for (std::string& place : request.cache_to) {
        if (is_inline(place))
            request.caches_inline = true;
        else
            others.push_back(std::move(place));
    }
    request.cache_to = std::move(others);
    const auto inlined = request.steps.build_arguments.find("BUILDKIT_INLINE_CACHE");
    if (inlined != request.steps.build_arguments.end() && inlined->second == "1") request.caches_inline = true;
}

}  // namespace builder
