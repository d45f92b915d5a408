#include <unistd.h>

#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/describe.hpp"
#include "builder/images/additional_stores.hpp"
#include "builder/images/list_document.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/questions/describe_place.hpp"
#include "builder/template/template.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct InspectOptions {
    std::optional<std::string> type;
    std::optional<std::string> format;
    RegistryFlags access;
};

/// Whether a text names a place outside the store: docker://NAME, oci:FOLDER, an archive.
bool is_elsewhere(const std::string& text) {
    constexpr std::string_view local = "containers-storage:";
    if (text.starts_with("sha256:") || text.starts_with(local)) return false;
    return registry::parse_image_location(text).has_value();
}

/// What lies there, without bringing it into the store.
TemplateValue describe_place(Context& context, const std::string& place, const InspectOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {place}), stop);
    const auto source = open_source(place, registries);
    return describe_contents(place, look_at(*source));
}

TemplateValue describe_list(ManifestList& list) {
    return TemplateValue::from_json(document_of(list).dump());
}

/// A container of that name, else an image.
TemplateValue find_subject(layers::Store& store, const std::string& text, const std::string& type) {
    if (type == "container")
        return describe_container(store, require_container(store, text, "reading build container"));
    if (const auto container = type.empty() ? find_container(store, text) : std::nullopt)
        return describe_container(store, *container);
    if (type.empty() && !find_local_image(store, text))
        if (auto list = ManifestList::find(store, text)) return describe_list(*list);
    bring_from_additional_stores(store, text, runtime::StopSource());
    try {
        return describe_image(store, require_local_image(store, text));
    } catch (runtime::Error& error) {
        error.add_context("importing settings");
        throw;
    }
}

int print(const TemplateValue& subject, const std::optional<Template>& format) {
    if (!format) {
        std::cout << subject.json(4) << "\n";
        return 0;
    }
    std::cout << runtime::harmless(format->execute(subject));
    if (::isatty(STDOUT_FILENO) == 1) std::cout << "\n";
    return 0;
}

int inspect(Context& context, const Words& words, const InspectOptions& options) {
    const std::string type = options.type.value_or("");
    if (options.type && type != "container" && type != "image" && type != "manifest")
        throw runtime::Error("the only recognized types are \"container\" and \"image\"")
            .with_hint("builder knows manifest as well");
    // A template that is wrong is so whatever it is for.
    std::optional<Template> format;
    if (options.format && !options.format->empty()) format = parse_document_format(*options.format);
    if (type.empty() && is_elsewhere(words.front()))
        return print(describe_place(context, words.front(), options), format);
    layers::Store& store = context.store();
    auto list = type == "manifest" ? ManifestList::find(store, words.front()) : std::nullopt;
    if (list && !format) {
        std::cout << runtime::harmless_json(document_of(*list).dump(4)) << "\n";
        return 0;
    }
    const TemplateValue subject = list ? describe_list(*list)
                                  : type == "manifest"
                                      ? TemplateValue::from_json(require_local_image(store, words.front()).manifest)
                                      : find_subject(store, words.front(), type);
    return print(subject, format);
}

}  // namespace

Command inspect_command() {
    auto options = std::make_shared<InspectOptions>();
    Command command;
    command.name = "inspect";
    command.group = "Images";
    command.summary =
        "show the configuration of a container or an image as JSON, or what docker://NAME or another place has";
    command.usage = "[flags] NAME";
    command.flags = {flag("format", 'f', "TEMPLATE", "Go template: {{.OCIv1.Config.Env}}", options->format),
                     flag("type", 't', "KIND", "type of the object: container, image or manifest", options->type)};
    for (Flag& one : registry_flags(options->access)) command.flags.push_back(std::move(one));
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return inspect(context, words, *options); };
    return command;
}

}  // namespace builder
