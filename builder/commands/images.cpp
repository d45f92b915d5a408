#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/build/local_images.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ImageRecord;

struct ImagesOptions {
    bool all = false;
    bool quiet = false;
    bool json = false;
    bool no_truncation = false;
    bool no_heading = false;
    bool digests = false;
};

std::string shown_id(const ImageRecord& image, const ImagesOptions& options) {
    return options.no_truncation ? image.id.text() : std::string(image.id.hex().substr(0, 12));
}

struct NameParts {
    std::string repository = "<none>";
    std::string tag = "<none>";
};

NameParts split_name(const std::string& name) {
    const registry::Reference reference = registry::Reference::parse(name);
    return {reference.name(), reference.tag().value_or("<none>")};
}

nlohmann::json as_json(const ImageRecord& image) {
    return {{"id", image.id.text()},      {"names", image.names},     {"digest", image.manifest_digest.text()},
            {"createdat", image.created}, {"size", image.size_bytes}, {"mediatype", image.media_type}};
}

void print_table(const std::vector<ImageRecord>& images, const ImagesOptions& options) {
    std::vector<std::vector<std::string>> rows;
    if (!options.no_heading) {
        rows.push_back({"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"});
        if (options.digests) rows.back().insert(rows.back().begin() + 2, "DIGEST");
    }
    for (const ImageRecord& image : images) {
        std::vector<NameParts> names;
        for (const std::string& name : image.names) names.push_back(split_name(name));
        if (names.empty()) names.emplace_back();
        for (const NameParts& name : names) {
            rows.push_back({name.repository, name.tag, shown_id(image, options), human_age(image.created),
                            human_size(image.size_bytes)});
            if (options.digests) rows.back().insert(rows.back().begin() + 2, image.manifest_digest.text());
        }
    }
    std::cout << format_table(rows);
}

int list_images(Context& context, const Words& words, const ImagesOptions& options) {
    std::vector<ImageRecord> images;
    if (words.empty())
        images = context.store().list_images();
    else
        images.push_back(require_local_image(context.store(), words.front()));
    if (options.json) {
        nlohmann::json list = nlohmann::json::array();
        for (const ImageRecord& image : images) list.push_back(as_json(image));
        std::cout << list.dump(4) << "\n";
    } else if (options.quiet) {
        for (const ImageRecord& image : images) std::cout << shown_id(image, options) << "\n";
    } else {
        print_table(images, options);
    }
    return 0;
}

}  // namespace

Command images_command() {
    auto options = std::make_shared<ImagesOptions>();
    Command command;
    command.name = "images";
    command.group = "Images";
    command.summary = "list the images of the store";
    command.usage = "[flags] [IMAGE]";
    command.flags = {flag("all", 'a', "accepted: there are no hidden images", options->all),
                     flag("quiet", 'q', "print only the IDs", options->quiet),
                     flag("json", 0, "print JSON", options->json),
                     flag("no-trunc", 0, "print whole IDs", options->no_truncation),
                     flag("noheading", 'n', "leave the heading out", options->no_heading),
                     flag("digests", 0, "print the digests of the manifests", options->digests)};
    command.flags[3].aliases = {"notruncate"};
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return list_images(context, words, *options); };
    return command;
}

}  // namespace builder
