#include <fmt/format.h>

#include <ctime>
#include <iostream>
#include <map>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/containers/transient_containers.hpp"
#include "builder/images/prune.hpp"
#include "layers/oci/image_config.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::Prunable;
using layers::PrunePlan;
using runtime::Error;
using runtime::quoted;

struct PruneOptions {
    bool all = false;
    bool force = false;
    bool dry_run = false;
    std::optional<std::string> keep_size;
    std::optional<std::string> min_free;
    std::optional<std::string> older_than;
    std::vector<std::string> filters;
};

/// What --filter names; nothing where there is none.
class Filters {
public:
    Filters(layers::Store& store, const std::vector<std::string>& texts, layers::PruneLimits& limits) : store_(store) {
        for (const std::string& text : texts) add(text, limits);
    }

    bool fits(const Prunable& one) const {
        for (const auto& check : checks_)
            if (!check(one)) return false;
        return true;
    }

private:
    void add(const std::string& text, layers::PruneLimits& limits) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error("invalid filter {}: must be in the format \"filter=value or filter!=value\"", quoted(text));
        const bool is_negative = text[equals - 1] == '!';
        const std::string key = text.substr(0, equals - (is_negative ? 1 : 0));
        const std::string value = text.substr(equals + 1);
        if (key == "until" && !is_negative)
            limits.unused_since = parse_moment(value);
        else if (key == "type")
            add_type(value, is_negative);
        else if (key == "id")
            checks_.push_back([=](const Prunable& one) { return id_of(one).starts_with(value) != is_negative; });
        else if (key == "label")
            checks_.push_back([this, value, is_negative](const Prunable& one) {
                return one.kind == Prunable::Kind::image && has_label(one.id, value) != is_negative;
            });
        else
            throw Error("invalid filter {}", quoted(key)).with_hint("prune has the filters id, label, type and until");
    }

    void add_type(const std::string& value, bool is_negative) {
        using Kind = Prunable::Kind;
        for (const Kind kind :
             {Kind::image, Kind::step, Kind::cache_mount, Kind::git_repository, Kind::download, Kind::build_record})
            if (name_of(kind) == value)
                return checks_.push_back([=](const Prunable& one) { return (one.kind == kind) != is_negative; });
        throw Error("invalid type {}", quoted(value))
            .with_hint("there are image, step, cache-mount, git-repository, download and build-record");
    }

    static std::string id_of(const Prunable& one) {
        return one.kind == Prunable::Kind::image ? std::string(layers::Digest::parse(one.id).hex()) : one.id;
    }

    bool has_label(const std::string& id, const std::string& wanted) const {
        const auto image = store_.images().find(layers::Digest::parse(id));
        if (!image) return false;
        const auto equals = wanted.find('=');
        const auto labels = layers::oci::parse_image_config(image->config).config.labels;
        for (const auto& [name, value] : labels)
            if (name == wanted.substr(0, equals) && (equals == std::string::npos || value == wanted.substr(equals + 1)))
                return true;
        return false;
    }

    layers::Store& store_;
    std::vector<std::function<bool(const Prunable&)>> checks_;
};

/// A line for each: what would go, with the bytes that come free.
void print_plan(layers::Store& store, const PrunePlan& plan) {
    std::vector<std::vector<std::string>> rows = {{"TYPE", "ID", "NAME", "LAST USED", "SIZE"}};
    for (const Prunable& one : plan.removed) {
        std::string id = one.id;
        std::string name;
        if (one.kind == Prunable::Kind::image) {
            const layers::Digest digest = layers::Digest::parse(one.id);
            id = digest.hex().substr(0, 12);
            const auto image = store.images().find(digest);
            name = image && !image->names.empty() ? image->names.front() : "<none>";
        }
        rows.push_back({name_of(one.kind), id, name,
                        human_age(runtime::rfc3339({static_cast<std::time_t>(one.last_used), 0})),
                        human_size(one.bytes)});
    }
    std::cout << format_table(rows);
    std::cerr << fmt::format("would free {}, and keep {}\n", human_size(plan.freed_bytes), human_size(plan.kept_bytes));
}

void print_images(const PrunePlan& plan) {
    for (const Prunable& one : plan.removed)
        if (one.kind == Prunable::Kind::image) std::cout << layers::Digest::parse(one.id).hex() << "\n";
}

/// "3 images, 12 steps"
std::string counts(const PrunePlan& plan) {
    std::map<std::string, int> numbers;
    for (const Prunable& one : plan.removed) ++numbers[name_of(one.kind)];
    std::string text;
    for (const auto& [name, number] : numbers) {
        const std::string many = name.ends_with("y") ? name.substr(0, name.size() - 1) + "ies" : name + "s";
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, number == 1 ? name : many);
    }
    return text.empty() ? "nothing" : text;
}

/// Said before anything goes, for whoever did not know how much "everything" is.
void announce(const PrunePlan& plan) {
    if (plan.removed.empty()) return;
    std::cerr << fmt::format("removing {}: {} (builder prune --dry-run lists them)\n", counts(plan),
                             human_size(plan.freed_bytes));
}

constexpr const char* later = "another command uses the store: the room comes free with the next prune\n";

/// All that nobody needs, which takes the memory of files and addresses along.
int prune_everything(layers::Store& store, const PrunePlan& plan, const PruneOptions& options) {
    if (!options.force) announce(plan);
    const int records = store.garbage().clear_cache();
    const bool is_alone = store.garbage().remove(plan);
    print_images(plan);
    remove_stray_belongings(store);
    store.garbage().clear_kept_folders();
    std::cerr << "removed " << records << " cache records, freed " << human_size(is_alone ? plan.freed_bytes : 0)
              << "\n";
    if (!is_alone) std::cerr << later;
    return 0;
}

int prune(Context& context, const PruneOptions& options) {
    layers::Store& store = context.store();
    remove_transient_containers(store);
    layers::PruneLimits limits;
    if (options.keep_size) limits.keep_bytes = parse_room(*options.keep_size);
    if (options.min_free) limits.min_free_bytes = parse_room(*options.min_free);
    if (options.older_than) limits.unused_since = parse_moment(*options.older_than);
    const Filters filters(store, options.filters, limits);
    const PrunePlan plan = store.garbage().plan(unwanted_images(store, options.all), limits,
                                                [&](const Prunable& one) { return filters.fits(one); });
    if (options.dry_run) {
        print_plan(store, plan);
        return 0;
    }
    if (!limits.has_any() && options.filters.empty()) return prune_everything(store, plan, options);
    const bool is_alone = store.garbage().remove(plan);
    print_images(plan);
    std::cerr << fmt::format("removed {}, freed {}\n", counts(plan), human_size(is_alone ? plan.freed_bytes : 0));
    if (!is_alone) std::cerr << later;
    return 0;
}

}  // namespace

Command prune_command() {
    auto options = std::make_shared<PruneOptions>();
    Command command;
    command.name = "prune";
    command.group = "System";
    command.summary = "remove the build cache, cache mounts and dangling images";
    command.usage = "[flags]";
    command.flags = {
        flag("all", 'a', "remove all images", options->all),
        flag("dry-run", 0, "print what would be removed, and remove nothing", options->dry_run),
        flag("filter", 0, "FILTER", "remove only what fits: id=, label=, type=, until=", options->filters),
        flag("force", 'f', "do not say first what goes; builder never asks", options->force),
        flag("keep-size", 0, "SIZE", "remove what was used least recently until the store is this small (20GB)",
             options->keep_size),
        flag("min-free", 0, "SIZE", "the same until this much of the disk is free", options->min_free),
        flag("older-than", 0, "AGE", "remove what was not used for this long (36h, 7d) or since a date",
             options->older_than),
    };
    command.run = [options](Context& context, const Words&) { return prune(context, *options); };
    return command;
}

}  // namespace builder
