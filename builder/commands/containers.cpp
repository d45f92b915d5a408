#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/transient_containers.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/images/local_images.hpp"
#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ContainerRecord;
using runtime::Error;
using runtime::quoted;

struct ContainersOptions {
    bool all = false;
    bool json = false;
    bool quiet = false;
    bool no_heading = false;
    bool no_truncation = false;
    std::optional<std::string> format;
    std::vector<std::string> filters;
};

using Filter = std::function<bool(const ContainerRecord&)>;

Filter parse_filter(layers::Store& store, const std::string& text) {
    const auto equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || (key != "id" && key != "name" && key != "ancestor"))
        throw Error("--filter {} is not known", quoted(text)).with_hint("there are id=, name= and ancestor=");
    const std::string value = text.substr(equals + 1);
    if (key == "id") return [value](const ContainerRecord& container) { return container.id.starts_with(value); };
    if (key == "name")
        return [value](const ContainerRecord& container) { return container.name.find(value) != std::string::npos; };
    const auto image = find_local_image(store, value);
    return [id = image ? std::optional(image->id) : std::nullopt](const ContainerRecord& container) {
        return id && container.image_id == id;
    };
}

std::string shown_image(const ContainerRecord& container) {
    if (!container.image_id) return "scratch";
    return container.image_name.empty() ? "<none>" : container.image_name;
}

/// As much of a name as its column has room for.
std::string shortened(const std::string& name) {
    constexpr std::size_t room = 32;
    return name.size() <= room ? name : fmt::format("{}...", name.substr(0, room - 3));
}

std::string image_hex(const ContainerRecord& container) {
    return container.image_id ? std::string(container.image_id->hex()) : "";
}

TemplateValue describe_row(const ContainerRecord& container) {
    return TemplateValue::record("main.jsonContainer", {{"ID", "id", container.id},
                                                        {"Builder", "builder", true},
                                                        {"ImageID", "imageid", image_hex(container)},
                                                        {"ImageName", "imagename", shown_image(container)},
                                                        {"ContainerName", "containername", container.name}});
}

/// What --format sees: the names differ from those of JSON.
TemplateValue describe_output(const ContainerRecord& container) {
    return TemplateValue::record("main.containerOutputParams", {{"ContainerID", "ContainerID", container.id},
                                                                {"Builder", "Builder", "   *"},
                                                                {"ImageID", "ImageID", image_hex(container)},
                                                                {"ImageName", "ImageName", shown_image(container)},
                                                                {"ContainerName", "ContainerName", container.name}});
}

void print_table(const std::vector<ContainerRecord>& containers, const ContainersOptions& options) {
    const int width = options.no_truncation ? 64 : 12;
    const int gap = options.no_truncation ? 1 : 2;
    const auto cut = [&](const std::string& id) { return id.substr(0, static_cast<std::size_t>(width)); };
    if (!options.no_heading)
        std::cout << fmt::format("{:<{}}BUILDER  {:<{}} {:<32} CONTAINER NAME\n", "CONTAINER ID", width + gap,
                                 "IMAGE ID", width, "IMAGE NAME");
    for (const ContainerRecord& container : containers)
        std::cout << fmt::format(
            "{:<{}}   *     {:<{}} {:<32} {}\n", cut(container.id), width + gap, cut(image_hex(container)), width,
            options.no_truncation ? shown_image(container) : shortened(shown_image(container)), container.name);
}

int list_containers(Context& context, const ContainersOptions& options) {
    if (options.quiet && options.format) throw Error("quiet and format are mutually exclusive");
    layers::Store& store = context.store();
    remove_transient_containers(store);
    std::vector<ContainerRecord> containers = store.containers().list();
    // An image may have got another name meanwhile.
    for (ContainerRecord& container : containers)
        if (const auto image = container.image_id ? store.images().find(*container.image_id) : std::nullopt;
            image && !image->names.empty())
            container.image_name = image->names.front();
    for (const std::string& text : options.filters) {
        const Filter filter = parse_filter(store, text);
        std::erase_if(containers, [&](const ContainerRecord& one) { return !filter(one); });
    }
    if (options.format && *options.format != "json") {
        std::vector<TemplateValue> rows;
        for (const ContainerRecord& container : containers) rows.push_back(describe_output(container));
        std::cout << format_rows(*options.format, rows,
                                 {{"ContainerID", "CONTAINER ID"},
                                  {"ImageID", "IMAGE ID"},
                                  {"ImageName", "IMAGE NAME"},
                                  {"ContainerName", "CONTAINER NAME"}});
    } else if (options.json || options.format) {
        std::vector<TemplateValue> rows;
        for (const ContainerRecord& container : containers) rows.push_back(describe_row(container));
        std::cout << TemplateValue::list(std::move(rows), containers.empty()).json(4) << "\n";
    } else if (options.quiet) {
        for (const ContainerRecord& container : containers) std::cout << container.id << "\n";
    } else {
        print_table(containers, options);
    }
    return 0;
}

}  // namespace

Command containers_command() {
    auto options = std::make_shared<ContainersOptions>();
    Command command;
    command.name = "containers";
    command.aliases = {"list", "ps"};
    command.group = "Containers";
    command.summary = "list working containers";
    command.usage = "[flags]";
    command.flags = {
        flag("all", 'a', "accepted for compatibility; all containers are builder's", options->all),
        flag("filter", 'f', "KEY=VALUE", "filter by id=, name= or ancestor=", options->filters),
        flag("format", 0, "TEMPLATE", "Go template for each row: {{.ContainerID}} {{.ContainerName}}", options->format),
        flag("json", 0, "print JSON", options->json),
        flag("noheading", 'n', "omit the heading", options->no_heading),
        flag("notruncate", 0, "do not truncate IDs", options->no_truncation),
        flag("quiet", 'q', "print only the IDs", options->quiet),
    };
    command.run = [options](Context& context, const Words&) { return list_containers(context, *options); };
    return command;
}

}  // namespace builder
