#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/commands/setup.hpp"
#include "builder/images/publication.hpp"
#include "builder/images/storage_conf_change.hpp"
#include "registry/settings/storage_conf_edit.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

struct Options {
    bool yes = false;
    bool release = false;
};

bool is_yes(std::string answer) {
    std::transform(answer.begin(), answer.end(), answer.begin(), [](unsigned char c) { return std::tolower(c); });
    return answer == "y" || answer == "yes";
}

/// Nothing is changed before somebody said yes.
void ask(const Options& options, const std::string& what) {
    if (options.yes) return;
    std::cerr << "builder would " << what << "\n";
    if (::isatty(STDIN_FILENO) != 1)
        throw Error("nothing was changed: there is no terminal to ask at").with_hint("--yes does it without asking");
    std::cerr << "Do that? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (!is_yes(answer)) throw Error("nothing was changed");
}

/// The folder is there before a file names it: with a name that leads nowhere, no command of Podman works.
int publish(Context& context, const Options& options) {
    Publication& publication = context.publication();
    publication.refuse_if_unreadable();
    const StorageConfChange change = StorageConfChange::naming(publication.folder());
    ask(options,
        fmt::format("show the images of {} to Podman, and {}", context.store_location().root, change.describe()));
    const bool is_new = !publication.is_there();
    publication.begin(change.file());
    try {
        change.apply();
    } catch (...) {
        if (is_new) publication.end();
        throw;
    }
    for (const std::string& notice : publication.take_notices()) std::cerr << notice << "\n";
    std::cout << fmt::format("Podman, Buildah, skopeo and CRI-O of this user now find builder's images: {} names {}\n",
                             change.file(), publication.folder());
    return 0;
}

/// "the container web, the image x"
std::string users_text(const Publication& publication) {
    try {
        return fmt::format("{}", fmt::join(publication.published_users(), ", "));
    } catch (const Error& error) {
        return "what Podman has, which cannot be read: " + error.full_message();
    }
}

int release(Context& context, const Options& options) {
    Publication& publication = context.publication();
    const std::string noted = publication.is_there() ? publication.storage_conf() : "";
    const StorageConfChange change =
        StorageConfChange::forgetting(publication.folder(), noted.empty() ? registry::own_storage_conf() : noted);
    if (!publication.is_there() && !change.changes()) {
        std::cout << "this store is not published to Podman\n";
        return 0;
    }
    const std::string users = publication.is_there() ? users_text(publication) : "";
    ask(options,
        fmt::format("no longer show its images to Podman, and {}{}", change.describe(),
                    users.empty() ? "" : "\nThese stand on layers of builder and no longer work then: " + users));
    // The file first: where it cannot be changed, Podman goes on finding what it names.
    change.apply();
    if (publication.is_there()) publication.end();
    if (!users.empty()) std::cerr << "no longer works in Podman: " << users << "\n";
    std::cout << fmt::format("Podman no longer looks for images in {}\n", publication.folder());
    return 0;
}

}  // namespace

Command setup_podman_command() {
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "podman";
    command.summary = "let Podman, Buildah, skopeo and CRI-O use builder's images without a copy";
    command.usage = "[flags]";
    command.flags = {
        flag("yes", 'y', "do not ask before storage.conf is written", options->yes),
        flag("release", 0, "take the line out of storage.conf, and let layers go that Podman uses", options->release)};
    command.run = [options](Context& context, const Words&) {
        return options->release ? release(context, *options) : publish(context, *options);
    };
    return command;
}

}  // namespace builder
