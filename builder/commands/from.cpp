#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/container_flags.hpp"
#include "builder/cli/flags/image_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/commands/from_triggers.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/containers/transient_containers.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/place_names.hpp"
#include "registry/transport/local_transports.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

struct FromOptions {
    ContainerFlags container;
    ImageFlags image;
    KeptSettings kept;
    std::string name;
    std::string suffix;
    std::string id_file;
    std::string format;
    bool quiet = false;
};

/// As Buildah calls it: after the image's name, else after the transport that it came by, else after its ID.
std::string name_for(const std::string& text, const std::string& image_name, const layers::ImageRecord& image,
                     const std::string& suffix) {
    if (!image_name.empty()) return working_name(image_name, suffix);
    if (registry::parse_image_location(text)) return working_name(text, suffix);
    return std::string(image.id.hex().substr(0, 12)) + "-" + suffix;
}

/// An image out of a file or a folder is called in the store as it is there. Gives the first name that an archive has
/// for it, if any.
std::string keep_names_of_place(layers::Store& store, const std::string& text, const layers::ImageRecord& image) {
    give_free_names(store, image, names_at_place(text));
    const auto location = registry::parse_image_location(text);
    const auto names = location ? registry::names_in_archive(*location) : std::vector<std::string>{};
    return names.empty() ? "" : name_for_tagging(names.front());
}

void check_format(const std::string& format) {
    if (format.empty() || format == "oci" || format == "docker") return;
    throw runtime::Error("unrecognized image type \"{}\"", format).with_hint("--format takes oci or docker");
}

/// The values are checked now, so that a later run cannot fail for them. What another container runs is known then
/// only.
void check_settings(Context& context, const FromOptions& options) {
    ContainerRun unused;
    std::vector<std::string> notices;
    ContainerFlags flags = options.container;
    std::string& mode = flags.run.user_namespace.mode;
    constexpr std::string_view of_container = "container:";
    if (mode.starts_with(of_container)) {
        require_container(context.store(), mode.substr(of_container.size()));
        mode = "host";
    }
    require_namespace_paths(flags.namespaces);
    apply_container_flags(flags, unused, notices);
    static_cast<void>(cgroup_limits(options.container.run));
    for (const std::string& notice : notices) std::cerr << notice << "\n";
}

/// A container that its triggers did not make what it should be is of no use.
void start_with_triggers(Context& context, const layers::ContainerRecord& container, bool is_quiet) {
    try {
        run_triggers(context, container, is_quiet);
    } catch (...) {
        remove_working_container(context.store(), container);
        throw;
    }
}

int make_container(Context& context, const Words& words, FromOptions& options) {
    check_format(options.format);
    check_settings(context, options);
    layers::Store& store = context.store();
    remove_transient_containers(store);
    runtime::StopSource stop;
    options.image.is_quiet = options.quiet;
    const std::string platform = wanted_platform(options.image);
    std::optional<layers::ImageRecord> image;
    layers::NewContainer wanted;
    if (words.front() != "scratch") {
        const SignalWatch signals(stop);
        image = image_finder(context, options.image, stop)(words.front(), platform);
        require_asked_platform(options.image, *image, words.front());
        wanted.image_id = image->id;
        wanted.image_name = keep_names_of_place(store, words.front(), *image);
        if (wanted.image_name.empty()) wanted.image_name = name_of_image(*image, words.front());
    }
    ContainerState state = state_of_base(image, platform);
    if (image) note_base(state.annotations, *image, wanted.image_name);
    state.format = options.format;
    state.settings = options.kept;
    keep_capabilities(state.settings);
    if (context.options().transient_store) make_transient(state);
    const std::string suffix = options.suffix.empty() ? "working-container" : options.suffix;
    const std::string base = image ? name_for(words.front(), wanted.image_name, *image, suffix) : suffix;
    wanted.name = !options.name.empty() ? options.name : base;
    if (const auto other = options.name.empty() ? std::nullopt : store.containers().find_by_name(options.name))
        throw runtime::Error(
            "creating container: the container name \"{}\" is already in use by {}. You have to remove that "
            "container to be able to reuse that name: that name is already in use",
            options.name, other->id);
    wanted.may_be_numbered = options.name.empty();
    wanted.state = write_container_state(state);
    const layers::ContainerRecord container = store.containers().add(wanted);
    if (!state.config.config.on_build.empty()) start_with_triggers(context, container, options.quiet);
    if (!options.id_file.empty()) runtime::replace_file(options.id_file, container.id);
    std::cout << container.name << "\n";
    return 0;
}

}  // namespace

Command from_command() {
    auto options = std::make_shared<FromOptions>();
    Command command;
    command.name = "from";
    command.group = "Containers";
    command.summary = "create a working container from an image, or from scratch";
    command.usage = "[flags] IMAGE";
    command.flags = container_flags(options->container);
    keep_values(command.flags, options->kept);
    for (Flag& one : image_flags(options->image)) command.flags.push_back(std::move(one));
    for (Flag& one : std::vector<Flag>{
             flag("name", 0, "NAME", "name for the container", options->name),
             flag("cidfile", 0, "FILE", "write the container ID to a file", options->id_file),
             flag("format", 'f', "FORMAT", "format of images committed from it: oci or docker", options->format),
             flag("suffix", 0, "TEXT", "suffix for the container's name", options->suffix),
             flag("quiet", 'q', "print only the name", options->quiet),
         })
        command.flags.push_back(std::move(one));
    for (Flag& one : command.flags)
        if (one.name == "suffix") one.hidden = true;
    command.fewest_words = command.most_words = 1;
    command.takes_defaults = true;
    take_from_environment(command.flags, "format", "FORMAT");
    take_from_environment(command.flags, "isolation", "ISOLATION");
    command.run = [options](Context& context, const Words& words) { return make_container(context, words, *options); };
    return command;
}

}  // namespace builder
