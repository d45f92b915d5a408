#include <algorithm>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/local_images.hpp"
#include "runtime/base/error.hpp"

namespace builder {

Command untag_command() {
    Command command;
    command.name = "untag";
    command.group = "Images";
    command.summary = "remove names from an image; the image stays";
    command.usage = "IMAGE [NAME…]";
    command.fewest_words = 1;
    command.most_words = 10'000;
    command.run = [](Context& context, const Words& words) {
        layers::Store& store = context.store();
        const layers::ImageRecord image = require_local_image(store, words.front());
        std::vector<std::string> names = words.size() > 1 ? std::vector<std::string>{} : image.names;
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::vector<std::string> candidates = candidate_names(words[i]);
            const auto known = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& name) {
                return std::find(image.names.begin(), image.names.end(), name) != image.names.end();
            });
            if (known == candidates.end())
                throw runtime::Error("{} is no name of the image {}", runtime::quoted(words[i]),
                                     runtime::quoted(words.front()));
            names.push_back(*known);
        }
        for (const std::string& name : names) store.images().remove_name(name);
        return 0;
    };
    return command;
}

}  // namespace builder
