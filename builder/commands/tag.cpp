#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"

namespace builder {

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
        const auto image = list ? std::nullopt : std::optional(require_local_image(context.store(), words.front()));
        std::vector<std::string> names;
        for (std::size_t i = 1; i < words.size(); ++i) names.push_back(name_for_tagging(words[i]));
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
