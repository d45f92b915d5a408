#include "builder/containers/container_copy.hpp"

#include "builder/containers/image_source.hpp"
#include "builder/containers/linked_layers.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/steps/copy_step.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// A word that stands for itself where a Containerfile would see variables, quotes and escapes.
std::string literal(const std::string& word, bool allows_wildcards) {
    std::string text;
    for (const char character : word) {
        const std::string_view special = allows_wildcards ? "$'\"\\" : "$'\"\\*?[";
        if (special.find(character) != std::string_view::npos) text += '\\';
        // A wildcard is taken literally by a backslash that has to come through the expansion.
        if (!allows_wildcards && std::string_view("*?[").find(character) != std::string_view::npos) text += "\\\\";
        text += character;
    }
    return text;
}

bool is_remote(const std::string& source) {
    return source.find("://") != std::string::npos || source.starts_with("git@");
}

/// A path of this machine that leads into the context, as one of the context.
std::string below_context(const std::string& source, const std::string& folder) {
    std::string context = path_on_machine(folder);
    while (context.size() > 1 && context.ends_with('/')) context.pop_back();
    return source.starts_with(context + "/") ? source.substr(context.size()) : source;
}

/// The words as CopyStep expands them. Without a context, paths are those of this machine.
CopyInstruction prepared(const ContainerCopy& copy) {
    CopyInstruction instruction = copy.instruction;
    const bool from_machine = copy.context_folder.empty() && instruction.from.empty();
    for (std::string& source : instruction.sources) {
        if (source.empty()) throw runtime::Error("empty source location").with_hint("a source is a file or a folder");
        if (!copy.context_folder.empty() && source.starts_with("/"))
            source = below_context(source, copy.context_folder);
        const std::string path = from_machine && !is_remote(source) ? path_on_machine(source) : source;
        source = literal(path, copy.allows_wildcards);
    }
    for (std::string* word :
         {&instruction.destination, &instruction.from, &instruction.chown, &instruction.chmod, &instruction.checksum})
        *word = literal(*word, true);
    for (std::string& pattern : instruction.excludes) pattern = literal(pattern, true);
    if (instruction.sources.size() > 1 && !instruction.destination.ends_with("/")) instruction.destination += "/";
    return instruction;
}

ContentDigest digest_of(const CopyStep& step, const overlay::UpperFolder& upper) {
    std::string destination = step.destination();
    const auto place = upper.view().find(destination);
    if (place && place->is_folder() && !destination.ends_with("/")) destination += "/";
    return digest_content(step.parts(), destination);
}

ContentDigest copy_to_linked_layer(WorkingContainer& container, CopyStep& step, bool is_add) {
    layers::StagedLayer staged = container.store().staging().new_layer();
    overlay::UpperFolder upper(staged.diff_path(), container.whole().view());
    step.perform(upper);
    ContentDigest digest = digest_of(step, upper);
    keep_linked_layer(container, staged,
                      fmt::format("/bin/sh -c #(nop) {} --link {}:{} in {} ", is_add ? "ADD" : "COPY", digest.kind,
                                  digest.hex, step.destination()));
    return digest;
}

}  // namespace

ContentDigest copy_to_container(WorkingContainer& container, const ContainerCopy& copy, const ImageFinder& images,
                                runtime::StopSource& stop) {
    const BuildContext context =
        copy.context_folder.empty()
            ? BuildContext{std::make_shared<const CopySource>(std::vector<std::string>{"/"}, false, "this machine"),
                           nullptr}
            : open_context(local_context(copy.context_folder), copy.ignore_file, "");
    StderrObserver observer;
    const runtime::Runner no_runner = runtime::Runner::none();
    SourceFetcher fetcher([&container]() -> layers::Store& { return container.store(); }, {}, {}, stop);
    fetcher.set_access(copy.downloads);
    LayerSealer sealer(container.store(), 1, {{}, false});
    StepRunner runner(container.store(), no_runner, {}, stop);
    const auto find_source = [&](const std::string& name, std::size_t) {
        return open_container_or_image(container.store(), name, copy.platform, images);
    };
    const StepPolicy policy{.use_cache = false, .platform = copy.platform};
    StepEnvironment environment{.policy = policy,
                                .store = container.store(),
                                .sealer = sealer,
                                .runner = runner,
                                .observer = observer,
                                .stop = stop,
                                .context = context,
                                .fetcher = fetcher,
                                .find_source = find_source};
    CopyStep step(environment, container.whole(), prepared(copy), 0,
                  {.has_key = false,
                   .modified = copy.modified,
                   .allows_empty_wildcard = copy.allows_empty_wildcard,
                   .copy_fetches = true});
    if (copy.instruction.link) return copy_to_linked_layer(container, step, copy.instruction.is_add);
    overlay::UpperFolder upper = container.upper();
    step.perform(upper);
    return copy.needs_digest ? digest_of(step, upper) : ContentDigest{};
}

}  // namespace builder
