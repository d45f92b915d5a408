#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "builder/cli/command_context.hpp"
#include "builder/cli/failures.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/images/image_family.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ImageRecord;
using runtime::Error;
using runtime::quoted;

struct RmiOptions {
    bool all = false;
    bool force = false;
    bool prune = false;
};

/// Which of the image's names a text stands for: the whole one, else one that ends so. None for an ID.
std::string name_meant_by(const std::string& given, const ImageRecord& image) {
    constexpr std::string_view of_store = "containers-storage:";
    const std::string text = given.starts_with(of_store) ? given.substr(of_store.size()) : given;
    if (text.starts_with("sha256:") || registry::is_image_id(text)) return "";
    for (const std::string& name : candidate_names(text))
        if (std::find(image.names.begin(), image.names.end(), name) != image.names.end()) return name;
    for (const std::string& name : image.names)
        if (ends_with_name(name, text)) return name;
    return "";
}

/// What one command removes, and what it tells of it: names first, then IDs.
class Removal {
public:
    Removal(layers::Store& store, bool force) : store_(store), force_(force), family_(store.images().list()) {}

    /// A name of an image that has others just loses that name.
    void remove(const std::string& text);
    /// All, or those that have no name and that nothing stands on. The oldest first.
    void remove_all(bool with_names, Failures& failures);
    void print() const {
        for (const std::string& name : untagged_) std::cout << "untagged: " << name << "\n";
        for (const std::string& id : removed_) std::cout << id << "\n";
    }

private:
    void remove_list(ManifestList& list);
    bool has_twin(const ManifestList& list);
    void remove_whole(const ImageRecord& image);
    void remove_alone(const ImageRecord& image);
    void free_of_containers(const ImageRecord& image);
    bool is_left_over(const ImageRecord& image);

    layers::Store& store_;
    bool force_;
    ImageFamily family_;
    std::vector<std::string> untagged_;
    std::vector<std::string> removed_;
};

/// Containers keep the image that they are made from, unless they are to go with it.
void Removal::free_of_containers(const ImageRecord& image) {
    for (const std::string& id : store_.containers().of_image(image.id)) {
        const auto found = store_.containers().find_by_prefix(id);
        if (found.empty()) continue;
        const layers::ContainerRecord& container = found.front();
        if (!force_)
            throw Error(
                "image used by {}: image is in use by a container: consider listing external containers and "
                "force-removing image",
                container.id)
                .with_hint(fmt::format("remove the container {} first, or both with --force", quoted(container.name)));
        remove_working_container(store_, container);
    }
}

/// Where images of steps stand on it, its ID is not told.
void Removal::remove_alone(const ImageRecord& image) {
    free_of_containers(image);
    store_.images().remove(image.id);
    untagged_.insert(untagged_.end(), image.names.begin(), image.names.end());
    if (!family_.has_children(image.id)) removed_.emplace_back(image.id.hex());
}

/// Nobody named it, nothing stands on it, nobody works with it.
bool Removal::is_left_over(const ImageRecord& image) {
    return !family_.has_children(image.id) && is_unused(store_, image.id);
}

/// With those below that were only there for it.
void Removal::remove_whole(const ImageRecord& image) {
    remove_alone(image);
    std::vector<layers::Digest> below = family_.parents_of(image.id);
    family_.forget(image.id);
    while (!below.empty()) {
        const auto parent = store_.images().find(below.back());
        below.pop_back();
        if (!parent || !is_left_over(*parent)) continue;
        remove_alone(*parent);
        for (layers::Digest& next : family_.parents_of(parent->id)) below.push_back(std::move(next));
        family_.forget(parent->id);
    }
}

/// The same list under another name: what `tag` makes.
bool Removal::has_twin(const ManifestList& list) {
    for (const std::string& name : store_.manifest_lists().list())
        if (const auto other = ManifestList::find(store_, name);
            other && other->created() == list.created() && other->digest() == list.digest())
            return true;
    return false;
}

/// With those of its images that nothing else names.
void Removal::remove_list(ManifestList& list) {
    store_.manifest_lists().remove(list.name());
    untagged_.push_back(list.name());
    if (has_twin(list)) return;
    removed_.emplace_back(list.id().hex());
    for (const layers::oci::Descriptor& member : list.index().manifests) {
        const auto id = list.image_of(member);
        const auto image = id ? store_.images().find(*id) : std::nullopt;
        if (image && is_left_over(*image)) remove_whole(*image);
    }
}

void Removal::remove(const std::string& text) {
    if (auto list = ManifestList::find(store_, text)) return remove_list(*list);
    const ImageRecord image = require_local_image(store_, text);
    const std::string name = name_meant_by(text, image);
    if (!name.empty() && image.names.size() > 1) {
        store_.images().remove_name(name);
        untagged_.push_back(name);
        return;
    }
    if (name.empty() && image.names.size() > 1 && !force_)
        throw Error("unable to delete image \"{}\" by ID with more than one tag ([{}]): please force removal",
                    image.id.hex(), fmt::join(image.names, " "))
            .with_hint("remove it by name, or with --force");
    remove_whole(image);
}

void Removal::remove_all(bool with_names, Failures& failures) {
    std::vector<ImageRecord> images = store_.images().list();
    std::reverse(images.begin(), images.end());
    const auto lists = lists_of_images(store_);
    if (!with_names)
        std::erase_if(images, [&](const ImageRecord& image) {
            return !image.names.empty() || family_.has_children(image.id) || lists.contains(image.id.text());
        });
    for (const ImageRecord& image : images)
        failures.attempt([&] {
            // It may have gone with another one.
            if (store_.images().find(image.id)) remove_whole(image);
        });
}

/// All that can be removed is; then the failures are told.
void remove_each(layers::Store& store, const Words& words, const RmiOptions& options) {
    Failures failures;
    Removal removal(store, options.force);
    if (options.all || options.prune) removal.remove_all(options.all, failures);
    std::set<std::string> seen;
    for (const std::string& word : words)
        if (seen.insert(word).second) failures.attempt([&] { removal.remove(word); });
    removal.print();
    store.garbage().collect();
    failures.throw_if_any();
}

int remove_images(Context& context, const Words& words, const RmiOptions& options) {
    if (words.empty() && !options.all && !options.prune)
        throw Error("image name or ID must be specified").with_hint("--all removes all, --prune those without a name");
    if (options.all && !words.empty())
        throw Error("when using the --all switch, you may not pass any images names or IDs");
    if (options.all && options.prune) throw Error("when using the --all switch, you may not use --prune switch");
    if (options.prune && !words.empty())
        throw Error("when using the --prune switch, you may not pass any images names or IDs");
    remove_each(context.store(), words, options);
    return 0;
}

}  // namespace

Command rmi_command() {
    auto options = std::make_shared<RmiOptions>();
    Command command;
    command.name = "rmi";
    command.group = "Images";
    command.summary = "remove images from local storage";
    command.usage = "[flags] IMAGE…";
    command.flags = {flag("all", 'a', "remove all images", options->all),
                     flag("force", 'f', "remove images with all their tags and containers", options->force),
                     flag("prune", 'p', "remove dangling images", options->prune)};
    command.most_words = 10'000;
    command.run = [options](Context& context, const Words& words) { return remove_images(context, words, *options); };
    return command;
}

}  // namespace builder
