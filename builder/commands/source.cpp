#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/source_image.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

Command create_command() {
    struct Options {
        std::string author;
        bool notes_time = true;
    };
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "create";
    command.summary = "create an empty source image";
    command.usage = "[flags] PATH";
    command.flags = {
        flag("author", 0, "NAME", "author of the image", options->author),
        flag("time-stamp", 0, "record the creation time (default true)", options->notes_time),
    };
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context&, const Words& words) {
        runtime::StopSource stop;
        const SignalWatch signals(stop);
        create_source_image(words.front(), {options->author, options->notes_time ? runtime::rfc3339_now() : ""}, stop);
        return 0;
    };
    return command;
}

Command add_command_of_source() {
    auto annotations = std::make_shared<std::map<std::string, std::string>>();
    Command command;
    command.name = "add";
    command.summary = "add a file or directory to a source image";
    command.usage = "[flags] PATH ARTIFACT";
    Flag annotation{"annotation", 0, "NAME=VALUE", "add an annotation to the layer"};
    annotation.set = [annotations](const std::string& text) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos)
            throw runtime::Error("invalid annotation \"{}\" (expected format is \"key=value\")", text);
        annotations->insert_or_assign(text.substr(0, equals), text.substr(equals + 1));
    };
    command.flags = {std::move(annotation)};
    command.fewest_words = command.most_words = 2;
    command.run = [annotations](Context&, const Words& words) {
        runtime::StopSource stop;
        const SignalWatch signals(stop);
        add_to_source_image(words[0], words[1], *annotations, stop);
        return 0;
    };
    return command;
}

struct TransferOptions {
    RegistryFlags access;
    std::string digest_file;
    bool quiet = false;
};

Command transfer_command(bool is_push) {
    auto options = std::make_shared<TransferOptions>();
    Command command;
    command.name = is_push ? "push" : "pull";
    command.summary = is_push ? "send an image of sources to a registry" : "fetch an image of sources from a registry";
    command.usage = is_push ? "[flags] PATH IMAGE" : "[flags] IMAGE PATH";
    command.flags = registry_flags(options->access);
    command.flags.push_back(flag("quiet", 'q', "print nothing on success", options->quiet));
    if (is_push)
        command.flags.push_back(
            flag("digestfile", 0, "FILE", "write the digest of the manifest to a file", options->digest_file));
    command.fewest_words = command.most_words = 2;
    command.run = [options, is_push](Context& context, const Words& words) {
        runtime::StopSource stop;
        const SignalWatch signals(stop);
        registry::Registries registries(access_options(context, options->access, {words[is_push ? 1 : 0]}), stop);
        const layers::Digest digest = is_push ? push_source_image(context.store(), words[0], words[1], registries)
                                              : pull_source_image(context.store(), words[0], words[1], registries);
        if (!options->digest_file.empty()) runtime::replace_file(options->digest_file, digest.text());
        if (!options->quiet) std::cerr << "wrote " << words[1] << ", manifest " << digest.text() << "\n";
        return 0;
    };
    return command;
}

Command inspect_command_of_source() {
    Command command;
    command.name = "inspect";
    command.summary = "show what is in a source image";
    command.usage = "PATH";
    command.fewest_words = command.most_words = 1;
    command.run = [](Context&, const Words& words) {
        std::cout << describe_source_image(words.front());
        return 0;
    };
    return command;
}

}  // namespace

Command source_command() {
    Command command;
    command.name = "source";
    command.group = "Images";
    command.summary = "create and change source images";
    command.usage = "SUBCOMMAND [flags] [words]";
    command.subcommands = {add_command_of_source(), create_command(), inspect_command_of_source(),
                           transfer_command(false), transfer_command(true)};
    return command;
}

}  // namespace builder
