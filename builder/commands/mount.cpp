#include <iostream>
#include <memory>
#include <optional>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_mount.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/template/value.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/privileges.hpp"

namespace builder {
namespace {

struct MountLine {
    std::string name;
    std::string path;
};

void print(const std::vector<MountLine>& lines, bool with_names, bool as_json) {
    if (as_json) {
        std::vector<TemplateValue> items;
        for (const MountLine& line : lines)
            items.push_back(
                TemplateValue::record("main.jsonMount", {{"Container", "container", with_names ? line.name : "", true},
                                                         {"MountPoint", "mountPoint", line.path}}));
        std::cout << TemplateValue::list(std::move(items), lines.empty()).json(4) << "\n";
        return;
    }
    for (const MountLine& line : lines) {
        if (with_names) std::cout << line.name << " ";
        std::cout << line.path << "\n";
    }
}

int mount(Context& context, const Words& words, bool as_json) {
    layers::Store& store = context.store();
    if (!words.empty() && runtime::acquire_rights().moved)
        throw runtime::Error("a mount of an ordinary user would be gone with this command")
            .with_hint("run the script in builder unshare, where mounts stay until it ends");
    std::vector<MountLine> lines;
    std::optional<runtime::Error> failure;
    for (const std::string& word : words) {
        try {
            WorkingContainer container(store, word);
            lines.push_back({word, mount_container(container)});
        } catch (const runtime::Error& error) {
            // The last one ends the command.
            if (failure) std::cerr << failure->full_message() << "\n";
            failure = error;
        }
    }
    if (failure) throw runtime::Error(*failure);
    if (words.empty())
        for (const MountedContainer& one : mounted_containers(store))
            lines.push_back({one.container.name, one.mount_point});
    print(lines, words.size() != 1, as_json);
    return 0;
}

int unmount(Context& context, const Words& words, bool all) {
    layers::Store& store = context.store();
    if (all && !words.empty()) throw runtime::Error("when using the --all switch, you may not pass any container IDs");
    if (!all && words.empty())
        throw runtime::Error("at least one container ID must be specified").with_hint("--all unmounts all");
    if (all)
        for (const MountedContainer& one : mounted_containers(store))
            if (unmount_container(store, one.container, true)) std::cout << one.container.id << "\n";
    for (const std::string& word : words) {
        const layers::ContainerRecord container = require_container(store, word, "error unmounting container " + word);
        if (unmount_container(store, container, false)) std::cout << container.id << "\n";
    }
    return 0;
}

}  // namespace

Command mount_command() {
    auto json = std::make_shared<bool>(false);
    Command command;
    command.name = "mount";
    command.group = "Containers";
    command.summary = "mount the root file systems of working containers, or list mounts";
    command.usage = "[flags] [CONTAINER…]";
    command.flags = {flag("json", 0, "print JSON", *json)};
    command.most_words = 10'000;
    command.run = [json](Context& context, const Words& words) { return mount(context, words, *json); };
    return command;
}

Command umount_command() {
    auto all = std::make_shared<bool>(false);
    Command command;
    command.name = "umount";
    command.aliases = {"unmount"};
    command.group = "Containers";
    command.summary = "unmount the root file systems of working containers";
    command.usage = "[flags] [CONTAINER…]";
    command.flags = {flag("all", 'a', "unmount all", *all)};
    command.most_words = 10'000;
    command.run = [all](Context& context, const Words& words) { return unmount(context, words, *all); };
    return command;
}

}  // namespace builder
