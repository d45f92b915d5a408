#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/additional_stores.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "runtime/base/error.hpp"

namespace builder {

namespace {

/// Buildah's sentence for a new name says otherwise what it was at than that for an old one.
std::string new_name(const std::string& text) {
    try {
        return name_for_tagging(text);
    } catch (const runtime::Error& reason) {
        const std::string start = fmt::format("parsing reference \"{}\": ", text);
        if (!reason.message().starts_with(start)) throw;
        runtime::Error error("normalizing name \"{0}\": normalizing name \"{0}\": {1}", text,
                             reason.message().substr(start.size()));
        throw error.with_hint(reason.hint());
    }
}

}  // namespace

Command tag_command() {
    Command command;
    command.name = "tag";
    command.group = "Images";
    command.summary = "add names to an image";
    command.usage = "IMAGE NAME…";
    command.fewest_words = 2;
    command.most_words = 10'000;
    command.run = [](Context& context, const Words& words) {
        const auto list = ManifestList::find(context.store(), words.front());
        if (!list) bring_from_additional_stores(context.store(), words.front(), runtime::StopSource());
        const auto image = list ? std::nullopt : std::optional(require_local_image(context.store(), words.front()));
        std::vector<std::string> names;
        for (std::size_t i = 1; i < words.size(); ++i) names.push_back(new_name(words[i]));
        for (const std::string& name : names) {
            if (list)
                list->named(name).save(context.store());
            else
                context.store().images().add_name(*image, name);
        }
        return 0;
    };
    return command;
}

}  // namespace builder
