// `ls` is two commands under one name: without a word that of Buildah, which lists containers, with an image or a
// container that of everybody, which lists files.
#include <algorithm>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// The flags that were given, of those that only one of the two commands has.
struct Given {
    std::vector<std::string> of_containers;
    std::vector<std::string> of_files;
};

Flag noted(Flag flag, std::vector<std::string>& names) {
    flag.set = [set = flag.set, name = flag.name, &names](const std::string& value) {
        names.push_back(name);
        set(value);
    };
    return flag;
}

/// A flag that both have goes to both: which of them is meant is not known before the words are.
Flag shared(Flag one, const Flag& other) {
    one.set = [first = one.set, second = other.set](const std::string& value) { first(value), second(value); };
    return one;
}

std::vector<Flag> flags_of_both(const Command& containers, const Command& files, Given& given) {
    std::vector<Flag> flags;
    const auto with_name = [](const std::vector<Flag>& all, const std::string& name) {
        return std::find_if(all.begin(), all.end(), [&](const Flag& one) { return one.name == name; });
    };
    for (const Flag& one : containers.flags) {
        const auto other = with_name(files.flags, one.name);
        flags.push_back(other == files.flags.end() ? noted(one, given.of_containers) : shared(one, *other));
    }
    for (const Flag& one : files.flags)
        if (with_name(containers.flags, one.name) == containers.flags.end())
            flags.push_back(noted(one, given.of_files));
    return flags;
}

void refuse_any(const std::vector<std::string>& given, const char* why, const char* hint) {
    if (!given.empty()) throw runtime::Error("--{} {}", given.front(), why).with_hint(hint);
}

}  // namespace

Command ls_command() {
    const auto given = std::make_shared<Given>();
    Command containers = containers_command();
    Command files = files_command();
    Command command;
    command.name = "ls";
    command.group = "Containers";
    command.summary = "list working containers, or the files of an image or a container";
    command.usage = "[flags] [IMAGE|CONTAINER [PATH]]";
    command.flags = flags_of_both(containers, files, *given);
    command.most_words = files.most_words;
    command.run = [given, containers = std::move(containers.run), files = std::move(files.run)](Context& context,
                                                                                                const Words& words) {
        if (words.empty()) {
            refuse_any(given->of_files, "is about files, and no image or container is named",
                       "builder ls IMAGE [PATH] lists files; builder ls alone lists containers");
            return containers(context, words);
        }
        refuse_any(given->of_containers, "is about the list of containers, which names none",
                   "builder ls alone lists containers; builder ls IMAGE [PATH] lists files");
        return files(context, words);
    };
    return command;
}

}  // namespace builder
