#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/questions/disk_use.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct DuOptions {
    bool json = false;
    bool verbose = false;
    bool bytes = false;
};

std::string shown_size(std::int64_t bytes, const DuOptions& options) {
    return options.bytes ? fmt::format("{}", bytes) : human_size(bytes);
}

void print_kinds(const DiskUse& use, const DuOptions& options) {
    std::vector<std::vector<std::string>> table = {{"KIND", "NUMBER", "SIZE"}};
    for (const DiskUse::Kind& kind : use.kinds)
        if (kind.number > 0 || kind.bytes > 0)
            table.push_back({kind.name, fmt::format("{}", kind.number), shown_size(kind.bytes, options)});
    table.push_back({"all", "", shown_size(use.total_bytes, options)});
    std::cout << format_table(table);
}

void print_images(const DiskUse& use, const DuOptions& options) {
    if (use.images.empty()) return;
    std::vector<std::vector<std::string>> table = {{"IMAGE", "ID", "SIZE", "SHARED", "UNSHARED", "CONTAINERS"}};
    for (const DiskUse::Image& image : use.images)
        table.push_back({image.name.empty() ? "<none>" : one_line(image.name),
                         std::string(image.id.hex().substr(0, 12)), shown_size(image.bytes, options),
                         shown_size(image.bytes - image.unshared_bytes, options),
                         shown_size(image.unshared_bytes, options), fmt::format("{}", image.containers)});
    std::cout << "\n" << format_table(table);
}

void print_items(const DiskUse& use, const DuOptions& options) {
    if (use.items.empty()) return;
    std::vector<std::vector<std::string>> table = {{"KIND", "NAME", "SIZE"}};
    for (const DiskUse::Item& item : use.items)
        table.push_back({item.kind, one_line(item.name), shown_size(item.bytes, options)});
    std::cout << "\n" << format_table(table);
}

void print_json(const DiskUse& use, const std::string& root) {
    nlohmann::json document = {{"root", root},
                               {"total", use.total_bytes},
                               {"free", use.free_bytes},
                               {"prunable", use.prunable_bytes},
                               {"complete", use.is_whole},
                               {"kinds", nlohmann::json::array()},
                               {"images", nlohmann::json::array()},
                               {"items", nlohmann::json::array()}};
    for (const DiskUse::Kind& kind : use.kinds)
        document["kinds"].push_back({{"kind", kind.name}, {"number", kind.number}, {"size", kind.bytes}});
    for (const DiskUse::Image& image : use.images)
        document["images"].push_back({{"id", image.id.text()},
                                      {"name", image.name},
                                      {"size", image.bytes},
                                      {"shared", image.bytes - image.unshared_bytes},
                                      {"unshared", image.unshared_bytes},
                                      {"containers", image.containers}});
    for (const DiskUse::Item& item : use.items)
        document["items"].push_back({{"kind", item.kind}, {"name", item.name}, {"size", item.bytes}});
    std::cout << runtime::harmless_json(document.dump(4, ' ', false, nlohmann::json::error_handler_t::replace)) << "\n";
}

int show_use(Context& context, const DuOptions& options) {
    const DiskUse use = measure_disk_use(context.store());
    if (options.json) {
        print_json(use, context.store_location().root);
        return 0;
    }
    print_kinds(use, options);
    if (options.verbose) print_images(use, options), print_items(use, options);
    if (!use.is_whole) std::cerr << "not all could be counted: some folders cannot be read, or lie too deep\n";
    std::cerr << fmt::format("the disk has {} free; builder prune would free about {}\n",
                             shown_size(use.free_bytes, options), shown_size(use.prunable_bytes, options));
    return 0;
}

}  // namespace

Command du_command() {
    auto options = std::make_shared<DuOptions>();
    Command command;
    command.name = "du";
    command.group = "Questions";
    command.summary = "show what the store takes on the disk, and for what";
    command.usage = "[flags]";
    command.flags = {
        flag("bytes", 'b', "print bytes", options->bytes),
        flag("json", 0, "print JSON, with each image and each thing", options->json),
        flag("verbose", 'v', "show each image and each thing", options->verbose),
    };
    command.run = [options](Context& context, const Words&) { return show_use(context, *options); };
    return command;
}

}  // namespace builder
