#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/image_flags.hpp"
#include "builder/cli/flags/seconds_flag.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_copy.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

struct CopyFlags {
    ContainerCopy copy;
    ImageFlags image;
    std::optional<std::int64_t> timestamp;
    bool removes_signatures = false;
    bool add_history = false;
    bool quiet = false;
    bool no_links = false;
};

std::vector<Flag> copy_flags(CopyFlags& flags, bool is_add) {
    CopyInstruction& instruction = flags.copy.instruction;
    std::vector<Flag> result = {
        flag("add-history", 0, "add the copy to the image's history", flags.add_history),
        flag("allow-wildcard", 0, "expand wildcards in sources (default true)", flags.copy.allows_wildcards),
        flag("allow-empty-wildcard", 0, "do not fail if a wildcard matches nothing", flags.copy.allows_empty_wildcard),
        flag("checksum", 0, "DIGEST", "expected digest of the content", instruction.checksum),
        flag("chmod", 0, "MODE", "set the mode of the copied files", instruction.chmod),
        flag("chown", 0, "USER[:GROUP]", "set the owner of the copied files", instruction.chown),
        flag("contextdir", 0, "FOLDER", "context directory for relative sources", flags.copy.context_folder),
        flag("exclude", 0, "PATTERN", "exclude files that match a pattern", instruction.excludes),
        flag("from", 0, "NAME", "copy from this container or image", instruction.from),
        flag("ignorefile", 0, "FILE", "ignore file for --contextdir", flags.copy.ignore_file),
        flag("link", 0, "copy into a separate layer of the image", instruction.link),
        flag("no-follow-symlinks", 0, "accepted for compatibility; links are copied as links", flags.no_links),
        flag("quiet", 'q', "print nothing on success", flags.quiet),
        seconds_flag("timestamp", "timestamp of the copied files, in seconds since 1970", "parsing timestamp value",
                     flags.timestamp),
        decryption_flag(flags.image.decryption_keys),
        flag("remove-signatures", 0, "accepted for compatibility; signatures are never copied",
             flags.removes_signatures),
    };
    if (!is_add)
        result.push_back(flag("parents", 0, "preserve the parent directories of sources", instruction.parents));
    for (Flag& one : registry_flags(flags.image.access)) result.push_back(std::move(one));
    for (Flag& one : result)
        if (one.name == "decryption-key" || one.name == "remove-signatures" || one.name == "signature-policy")
            one.hidden = true;
    return result;
}

/// CONTAINER SOURCE… [DESTINATION]; a single source goes into the working directory.
void take_words(const Words& words, CopyInstruction& instruction) {
    if (words.size() < 2)
        throw Error("src must be specified").with_hint("usage: builder copy CONTAINER SOURCE... DESTINATION");
    const bool has_destination = words.size() > 2;
    instruction.sources.assign(words.begin() + 1, words.end() - (has_destination ? 1 : 0));
    instruction.destination = has_destination ? words.back() : ".";
}

int copy_or_add(Context& context, const Words& words, CopyFlags& flags, bool is_add) {
    CopyInstruction& instruction = flags.copy.instruction;
    instruction.is_add = is_add;
    take_words(words, instruction);
    if (!flags.copy.ignore_file.empty() && flags.copy.context_folder.empty())
        throw Error("--ignorefile option requires that you specify a context dir using --contextdir");
    flags.copy.platform = wanted_platform(flags.image);
    if (flags.timestamp) flags.copy.modified = timespec{*flags.timestamp, 0};
    flags.copy.needs_digest = !flags.quiet || flags.add_history;
    flags.copy.downloads = registry::download_access(access_options(context, flags.image.access, {}));
    WorkingContainer container(context.store(), words.front());
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const ContentDigest digest =
        copy_to_container(container, flags.copy, image_finder(context, flags.image, stop), stop);
    if (flags.add_history && !instruction.link)
        container.change_state([&](ContainerState& state) {
            add_empty_history(
                state, fmt::format("/bin/sh -c #(nop) {} {}:{}", is_add ? "ADD" : "COPY", digest.kind, digest.hex));
        });
    if (!flags.quiet) std::cout << digest.hex << "\n";
    return 0;
}

Command make_command(bool is_add) {
    auto flags = std::make_shared<CopyFlags>();
    Command command;
    command.name = is_add ? "add" : "copy";
    command.group = "Containers";
    command.summary =
        is_add ? "add files, archives and downloads to a working container" : "copy files into a working container";
    command.usage = "[flags] CONTAINER SOURCE… [DESTINATION]";
    command.flags = copy_flags(*flags, is_add);
    command.fewest_words = 1;
    command.most_words = 100'000;
    take_from_environment(command.flags, "add-history", "HISTORY");
    command.run = [flags, is_add](Context& context, const Words& words) {
        return copy_or_add(context, words, *flags, is_add);
    };
    return command;
}

}  // namespace

Command copy_command() {
    return make_command(false);
}

Command add_command() {
    return make_command(true);
}

}  // namespace builder
