#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/failures.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/builds.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

int remove(Context& context, const Words& words, bool all) {
    const layers::BuildFiles builds(context.store_location());
    if (all != words.empty()) throw Error("name the builds to remove, or give --all");
    Failures failures;
    const auto remove_one = [&](const layers::BuildFile& file) {
        if (builds.is_running(file))
            throw Error("build {} is running", file.id).with_hint("its record can go when it has ended");
        builds.remove(file);
        std::cout << file.id << "\n";
    };
    if (all)
        for (const layers::BuildFile& file : builds.list())
            if (!builds.is_running(file)) failures.attempt([&] { remove_one(file); });
    for (const std::string& word : words) failures.attempt([&] { remove_one(require_build(builds, word)); });
    failures.throw_if_any();
    return 0;
}

}  // namespace

Command builds_rm_command() {
    auto all = std::make_shared<bool>(false);
    Command command;
    command.name = "rm";
    command.summary = "remove records of builds; images and the cache stay";
    command.usage = "[flags] [BUILD...]";
    command.flags = {flag("all", 'a', "remove all records but those of running builds", *all)};
    command.most_words = 1000;
    command.run = [all](Context& context, const Words& words) { return remove(context, words, *all); };
    return command;
}

}  // namespace builder
