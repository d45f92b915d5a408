#include <unistd.h>

#include <algorithm>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/resume_point.hpp"
#include "builder/commands/debug.hpp"
#include "builder/containers/container_state.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct ResumeOptions {
    bool done = false;
};

struct Resumable {
    layers::ContainerRecord container;
    ResumePoint point;
};

/// The one that is named; else the only one that there is.
Resumable find_container(layers::Store& store, const std::string& name) {
    std::vector<Resumable> found;
    for (const layers::ContainerRecord& one : store.containers().list())
        if (const auto point = resume_point_of(parse_container_state(one.state)))
            if (name.empty() || one.name == name || one.id.starts_with(name)) found.push_back({one, *point});
    if (found.size() == 1) return found.front();
    if (!name.empty() && found.empty())
        throw Error("there is no container {} of a failed step", quoted(name))
            .with_hint("builder build --on-error=keep makes one");
    if (found.empty())
        throw Error("there is no container of a failed step").with_hint("builder build --on-error=keep makes one");
    std::vector<std::string> names;
    for (const Resumable& one : found) names.push_back(one.container.name);
    throw Error("there are {} containers of failed steps", found.size())
        .with_hint(fmt::format("name one: {}", fmt::join(names, ", ")));
}

/// The Containerfile, or the context, is gone with the input that it came from.
void refuse_standard_input(const ResumePoint& point) {
    for (std::size_t i = 0; i < point.words.size(); ++i) {
        const std::string& word = point.words[i];
        const bool follows_file = i > 0 && (point.words[i - 1] == "-f" || point.words[i - 1] == "--file");
        const bool is_last = i + 1 == point.words.size();
        if (word == "-f-" || word == "--file=-" || (word == "-" && (follows_file || is_last)) ||
            (follows_file && word.starts_with("/dev/")))
            throw Error("the build read standard input, which is gone")
                .with_hint("build from files, with --on-error=keep");
    }
}

/// Those of the build, then those that are given now, which count more; the store is the one that has the container.
Words global_words(Context& context, const ResumePoint& point) {
    Words words = point.global_words;
    words.insert(words.end(), context.global_words().begin(), context.global_words().end());
    const layers::StoreLocation location = context.store_location();
    words.insert(words.end(), {"--root", location.root, "--runroot", location.runroot});
    return words;
}

int resume(Context& context, const Words& given, const ResumeOptions& options) {
    const std::string name = given.empty() ? "" : given.front();
    const Resumable found = find_container(context.store(), name);
    refuse_standard_input(found.point);
    if (::chdir(found.point.folder.c_str()) != 0)
        throw runtime::SystemError("cannot go to {}, where the build was started", quoted(found.point.folder));
    Words words = {"builder"};
    for (std::string& word : global_words(context, found.point)) words.push_back(std::move(word));
    words.insert(words.end(), {"build", "--resume-from", found.container.id + (options.done ? ":done" : "")});
    if (given.size() > 1) words.insert(words.end(), given.begin() + 1, given.end());
    words.insert(words.end(), found.point.words.begin(), found.point.words.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv("/proc/self/exe", arguments.data());
    throw runtime::SystemError("cannot start builder again");
}

}  // namespace

Command debug_resume_command() {
    auto options = std::make_shared<ResumeOptions>();
    Command command;
    command.name = "resume";
    command.summary = "go on with a build whose failed step --on-error=keep has made a working container of";
    command.usage = "[flags] [CONTAINER [FLAG-OF-BUILD...]]";
    command.flags = {
        flag("done", 0, "do not run the step's command again: the container is what it should have made",
             options->done),
    };
    command.most_words = SIZE_MAX;
    command.stops_at_first_word = true;
    command.run = [options](Context& context, const Words& words) { return resume(context, words, *options); };
    return command;
}

}  // namespace builder
