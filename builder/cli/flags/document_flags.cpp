#include "builder/cli/flags/document_flags.hpp"

#include <algorithm>
#include <cstdlib>

#include "builder/cli/flags/identity_label.hpp"
#include "builder/syntax/duration.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

constexpr const char* created_annotation = "org.opencontainers.image.created";

void erase_variable(std::vector<std::string>& environment, const std::string& name) {
    std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

/// NAME=VALUE each: of what is given without a value, the variable of this machine, if there is one.
std::vector<std::string> given_environment(const DocumentFlags& flags) {
    std::vector<std::string> environment;
    for (const std::string& text : flags.environment) {
        if (text.empty() || text.starts_with("="))
            throw runtime::Error("--env {} has no name", runtime::quoted(text))
                .with_hint("it takes NAME=VALUE or NAME");
        if (text.find('=') != std::string::npos)
            environment.push_back(text);
        else if (const char* const own = std::getenv(text.c_str()))
            environment.push_back(text + "=" + own);
    }
    return environment;
}

void change_image(const DocumentFlags& flags, layers::oci::ImageConfig& config) {
    for (const std::string& name : flags.unset_environment) erase_variable(config.config.env, name);
    if (flags.os_version) config.os_version = *flags.os_version;
    for (const std::string& feature : flags.os_features) {
        if (feature.ends_with("-"))
            std::erase(config.os_features, feature.substr(0, feature.size() - 1));
        else
            config.os_features.push_back(feature);
    }
    if (flags.omits_history) config.history.clear();
}

std::chrono::seconds cache_ttl(const std::string& text) {
    try {
        const auto longest = std::chrono::duration_cast<std::chrono::seconds>(parse_duration(text));
        if (longest.count() < 0) throw runtime::Error("it is no time that passes");
        return longest;
    } catch (runtime::Error& error) {
        error.add_context("unable to parse value provided \"{}\" as --cache-ttl", text);
        throw;
    }
}

/// Whether the image is to say when it was made: not where the annotation is given, or unset.
bool notes_creation(const DocumentFlags& flags, const BuildImageRequest& request) {
    const auto& unset = flags.unset_annotations;
    return flags.notes_creation && !request.annotations.contains(created_annotation) &&
           std::find(unset.begin(), unset.end(), created_annotation) == unset.end();
}

}  // namespace

std::vector<Flag> document_flags(DocumentFlags& flags, BuildImageRequest& request) {
    return {
        flag("env", 0, "NAME=VALUE", "set a variable for the steps and the image; without a value, the host's is used",
             flags.environment),
        flag("unsetenv", 0, "NAME", "remove a variable from the image", flags.unset_environment),
        flag("unsetlabel", 0, "NAME", "do not inherit this label from the base image",
             request.inheritance.unset_labels),
        flag("unsetannotation", 0, "NAME", "do not inherit this annotation from the base image",
             flags.unset_annotations),
        flag("inherit-labels", 0, "inherit the labels of the base image (default true)", request.inheritance.labels),
        flag("inherit-annotations", 0, "inherit the annotations of the base image (default true)",
             request.inheritance.annotations),
        flag("created-annotation", 0, "add an annotation with the creation time (default true)", flags.notes_creation),
        flag("identity-label", 0, "add the label io.buildah.version (default true, unless the time is fixed)",
             flags.notes_builder),
        flag("layer-label", 0, "NAME=VALUE", "add a label to the images that --save-stages keeps",
             request.layer_labels),
        flag("cache-ttl", 0, "DURATION", "ignore cached steps older than this; 0 ignores all", flags.cache_ttl),
        flag("source-policy-file", 0, "FILE", "source policy file: which sources are allowed, denied or replaced",
             request.source_policy_file),
        flag("os-version", 0, "VERSION", "required version of the operating system", flags.os_version),
        flag("os-feature", 0, "NAME", "required feature of the operating system; NAME- removes one", flags.os_features),
        flag("omit-history", 0, "omit the history from the image", flags.omits_history),
    };
}

void apply_document_flags(const DocumentFlags& flags, BuildImageRequest& request) {
    request.adjust_image = [flags, unset = request.inheritance.unset_labels](layers::oci::ImageConfig& config) {
        change_image(flags, config);
        for (const std::string& name : unset) config.config.labels.erase(name);
    };
    request.inheritance.unset_annotations = flags.unset_annotations;
    request.inheritance.environment = given_environment(flags);
    request.notes_creation = notes_creation(flags, request);
    const char* const epoch = std::getenv("SOURCE_DATE_EPOCH");
    const bool has_fixed_time = request.timestamp || request.source_date_epoch ||
                                request.steps.build_arguments.contains("SOURCE_DATE_EPOCH") ||
                                (epoch != nullptr && *epoch != '\0');
    set_identity_label(request.own_labels, flags.notes_builder, has_fixed_time);
    if (!flags.cache_ttl) return;
    request.steps.cache_ttl = cache_ttl(*flags.cache_ttl);
}

}  // namespace builder
